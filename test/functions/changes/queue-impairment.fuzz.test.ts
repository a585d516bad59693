import fc from "fast-check";
import { expect, test } from "vitest";
import { queueImpairment } from "../../../functions/changes/queue-impairment.ts";
import { NO_POLICY, statementsOf } from "../../../functions/changes/queue-policy.ts";
import { type Fate, Lost } from "./fake-lambda.ts";
import { setStage } from "./stage.ts";

const spec = { kind: "queue-impairment", queue: "deliveries", deny: ["send"] as "send"[] } as const;

/** Others' statements deny nothing here: the stand-in's SQS keeps to them. */
const statement = fc.record(
  {
    Sid: fc.constantFrom("A", "B", "Gameday", "gamedayimpairment0day1"),
    Effect: fc.constant("Allow"),
    Principal: fc.constantFrom("*", { AWS: "1" }, { Service: ["events.amazonaws.com"] }),
    Action: fc.constantFrom("sqs:SendMessage", ["sqs:SendMessage", "sqs:ReceiveMessage"]),
    Resource: fc.constant("*"),
    Condition: fc.constantFrom({}, { ArnEquals: { "aws:SourceArn": "arn:rule" } }),
  },
  { requiredKeys: ["Effect", "Principal", "Action", "Resource"] },
);
const policy = fc.oneof(
  fc.constant(NO_POLICY),
  fc
    .record(
      {
        Version: fc.constantFrom("2012-10-17", "2008-10-17"),
        Id: fc.string(),
        Statement: fc.oneof(statement, fc.array(statement, { maxLength: 3 })),
      },
      { requiredKeys: ["Statement"] },
    )
    .chain((value) => fc.constantFrom(JSON.stringify(value), JSON.stringify(value, undefined, 2))),
);
/** What others make of the policy before one call of ours: theirs anew, or one statement of theirs more at the end. */
const edit = fc.oneof(
  policy.map((text) => () => text),
  statement.map((more) => (now: string) => {
    const before = now === NO_POLICY ? { Version: "2012-10-17" } : JSON.parse(now);
    return JSON.stringify({ ...before, Statement: [...statementsOf(now), more] });
  }),
);
const meanwhile = fc.record({
  edits: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(edit, { minLength: 1, maxLength: 2 })),
  fate: fc.oneof({ weight: 4, arbitrary: fc.constant<Fate>("answered") }, fc.constantFrom<Fate>("lost", "answer lost")),
});

async function tried<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
    }
  }
}

/** What a policy says, however it is written. No policy and one without statements come to the same. */
function said(text: string): unknown {
  const statements = text === NO_POLICY ? [] : statementsOf(text);
  return statements.length === 0 ? "nothing" : statements;
}

test("whatever others make of the policy between our looks, and whichever calls get lost, after the undo it says what it would say without the fault", async () => {
  await fc.assert(
    fc.asyncProperty(policy, fc.array(meanwhile, { maxLength: 12 }), async (first, events) => {
      const { scene, stage } = setStage();
      const { queue } = stage;
      const set = (text: string) => {
        if (text === NO_POLICY) delete queue.attributes.Policy;
        else queue.attributes.Policy = text;
      };
      set(first);
      let untouched = first;
      const left = [...events];
      stage.fate = (operation) => {
        const { edits = [], fate = "answered" } = left.shift() ?? {};
        for (const each of operation.startsWith("Get") ? edits : []) {
          set(each(queue.attributes.Policy ?? NO_POLICY));
          untouched = each(untouched);
        }
        return fate;
      };
      try {
        const before = await tried(() => queueImpairment.snapshot(spec, scene));
        await tried(() => queueImpairment.apply(spec, before, scene));
        await tried(() => queueImpairment.apply(spec, before, scene));
        await tried(() => queueImpairment.undo(spec, before, scene));
        await tried(() => queueImpairment.undo(spec, before, scene));
        const { checks } = await tried(() => queueImpairment.check(spec, before, scene));
        expect(checks.map(({ ok }) => ok)).toEqual([true]);
        expect(said(queue.attributes.Policy ?? NO_POLICY)).toEqual(said(untouched));
        if (events.every(({ edits }) => edits.length === 0)) expect(queue.attributes.Policy ?? NO_POLICY).toBe(first);
      } finally {
        stage.stop();
      }
    }),
    { numRuns: 300 },
  );
});
