import fc from "fast-check";
import { expect, test } from "vitest";
import { lambdaOutage, lambdaThrottle } from "../../../functions/changes/lambda-concurrency.ts";
import { ChangedMeanwhile, NotReady } from "../../../functions/runtime/errors.ts";
import { type Fate, Lost } from "./fake-lambda.ts";
import { Reserved } from "./reserved.ts";

const fault = fc.constantFrom(
  { kind: lambdaOutage, spec: { kind: "lambda-outage", function: "checkout" } as const, reserves: 0 },
  {
    kind: lambdaThrottle,
    spec: { kind: "lambda-throttle", function: "checkout", concurrency: 2 } as const,
    reserves: 2,
  },
);
const before = fc.constantFrom(null, 0, 2, 7);
/** What others write is never what the fault writes: nobody could tell the two apart. */
const theirs = fc.constantFrom(null, 5, 7, 9);
/** What happens before one call of ours: mostly nothing. */
const meanwhile = fc.record({
  edits: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(theirs, { minLength: 1, maxLength: 2 })),
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

/** A fault from snapshot to check, with steps repeated as after a time-out. False when it was refused. */
async function wholeFault(
  { kind, spec }: typeof fault extends fc.Arbitrary<infer F> ? F : never,
  lambda: Reserved,
): Promise<boolean> {
  const scene = lambda.scene();
  const snapshot = await tried(20, () => kind.snapshot(spec as never, scene)).catch((error: unknown) => {
    if (error instanceof NotReady) return undefined;
    throw error;
  });
  if (!snapshot) return false;
  await tried(4, () => kind.apply(spec as never, snapshot, scene));
  await tried(2, () => kind.apply(spec as never, snapshot, scene));
  expect(await tried(20, () => kind.undo(spec as never, snapshot, scene))).toBeDefined();
  const { checks } = (await tried(20, () => kind.check(spec as never, snapshot, scene)))!;
  expect(checks.every(({ ok }) => ok)).toBe(true);
  return true;
}

test("whatever others change between our looks, and whichever calls get lost, after the undo there is what there would be without the fault", async () => {
  await fc.assert(
    fc.asyncProperty(fault, before, fc.array(meanwhile, { maxLength: 14 }), async (one, reserved, events) => {
      const lambda = new Reserved(reserved);
      let untouched: number | null = reserved;
      const left = [...events];
      lambda.fate = (operation) => {
        const { edits = [], fate = "answered" } = left.shift() ?? {};
        // Between reading and writing nobody can see somebody else: that is the next test's.
        for (const each of operation.startsWith("Get") ? edits : []) {
          lambda.set(each);
          untouched = each;
        }
        return fate;
      };
      await wholeFault(one, lambda);
      expect(lambda.now).toBe(untouched);
    }),
    { numRuns: 2000 },
  );
});

test("even when others write in the moment between our reading and our writing, nothing of the fault stays", async () => {
  await fc.assert(
    fc.asyncProperty(fault, before, fc.array(meanwhile, { maxLength: 14 }), async (one, reserved, events) => {
      const lambda = new Reserved(reserved);
      const written: (number | null)[] = [reserved];
      const left = [...events];
      lambda.fate = () => {
        const { edits = [], fate = "answered" } = left.shift() ?? {};
        for (const each of edits) lambda.set(each);
        written.push(...edits);
        return fate;
      };
      if (await wholeFault(one, lambda)) expect(lambda.now).not.toBe(one.reserves);
      expect(written).toContain(lambda.now);
    }),
    { numRuns: 2000 },
  );
});
