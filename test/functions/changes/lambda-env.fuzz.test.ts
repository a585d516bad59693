import fc from "fast-check";
import { expect, test } from "vitest";
import { lambdaEnv } from "../../../functions/changes/lambda-env.ts";
import { ChangedMeanwhile, NotReady } from "../../../functions/runtime/errors.ts";
import type { LambdaEnvFault } from "../../../workflows/function-faults.ts";
import type { OfOne } from "../../../workflows/function-name.ts";
import { target } from "../../workflows/sample.ts";
import { FakeLambda, type Fate, Lost } from "./fake-lambda.ts";

/** Ours are A, B and C; X and Y are none of the fault's business. */
const KEYS = ["A", "B", "C", "X", "Y"] as const;
const environment = fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom("", "before-1", "before-2", "fault-1"));
const set = fc.dictionary(fc.constantFrom("A", "B", "C"), fc.constantFrom("fault-1", "fault-2", ""), { minKeys: 1 });
/** What others write is never what the fault writes: nobody could tell the two apart. */
const edit = fc.dictionary(
  fc.constantFrom(...KEYS),
  fc.option(fc.constantFrom("secret-1", "secret-2", "before-1"), { nil: null }),
  { minKeys: 1, maxKeys: 2 },
);
/** What happens before one call of ours: mostly nothing. */
const meanwhile = fc.record({
  edits: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(edit, { minLength: 1, maxLength: 2 })),
  fate: fc.oneof({ weight: 4, arbitrary: fc.constant<Fate>("answered") }, fc.constantFrom<Fate>("lost", "answer lost")),
});

/** Tries like the state machine does: again after what is worth another try. */
async function tried<T>(times: number, act: () => Promise<T>): Promise<T | undefined> {
  for (let attempt = 0; attempt < times; attempt++) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile || error instanceof Lost)) throw error;
    }
  }
  return undefined;
}

test("whatever others change at whatever moment, and whichever calls get lost, after the undo there is what there would be without the fault", async () => {
  await fc.assert(
    fc.asyncProperty(environment, set, fc.array(meanwhile, { maxLength: 14 }), async (before, variables, events) => {
      const lambda = new FakeLambda(before);
      const untouched = new FakeLambda(before);
      const left = [...events];
      lambda.fate = () => {
        const { edits = [], fate = "answered" } = left.shift() ?? {};
        for (const each of edits) {
          lambda.edit(each);
          untouched.edit(each);
        }
        return fate;
      };
      const spec: OfOne<LambdaEnvFault> = { kind: "lambda-env", function: "checkout", set: variables };
      const scene = { clients: { lambda: lambda.client } as never, target, fence: async () => {} };

      const snapshot = await tried(20, () => lambdaEnv.snapshot(spec, scene)).catch((error: unknown) => {
        if (error instanceof NotReady) return undefined;
        throw error;
      });
      if (snapshot) {
        await tried(4, () => lambdaEnv.apply(spec, snapshot, scene));
        // A repeated attempt of the same step, as after a time-out.
        await tried(2, () => lambdaEnv.apply(spec, snapshot, scene));
        const conflicts = await tried(20, () => lambdaEnv.undo(spec, snapshot, scene));
        expect(conflicts).toBeDefined();
        expect(conflicts!.map(({ what }) => what.split(" ")[0]!).every((key) => key in variables)).toBe(true);
        expect(JSON.stringify(conflicts)).not.toContain("secret");
        const { checks } = (await tried(20, () => lambdaEnv.check(spec, snapshot, scene)))!;
        expect(checks.every(({ ok }) => ok)).toBe(true);
      }
      expect(lambda.variables).toEqual(untouched.variables);
    }),
    { numRuns: 2000 },
  );
});
