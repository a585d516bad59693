import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { apiThrottle } from "../../../functions/changes/api-throttle.ts";
import { dynamodbThrottle } from "../../../functions/changes/dynamodb-throttle.ts";
import type { Scene } from "../../../functions/changes/kind.ts";
import { setStage } from "./stage.ts";
import { meanwhile, wholeFault } from "./whole-fault.ts";

type Pair<V> = Readonly<Record<"a" | "b", V>>;
/** What others make of both settings or of one of them. Never what the fault makes: nobody could tell the two apart. */
const edits = fc.record({ a: fc.constantFrom(50, 70), b: fc.constantFrom(500, 700) }, { requiredKeys: [] });
type Stage = ReturnType<typeof setStage>["stage"];
interface Subject {
  run(scene: Scene): Promise<void>;
  get(stage: Stage): Pair<number>;
  set(stage: Stage, pair: Pair<number>): void;
}

const SUBJECTS: Record<string, Subject> = {
  "api-throttle": {
    run: (scene) =>
      wholeFault(apiThrottle as never, { kind: "api-throttle", usagePlan: "partner", rate: 2, burst: 1 }, scene),
    get: ({ plan }) => ({ a: plan.throttle!.rate, b: plan.throttle!.burst }),
    set: ({ plan }, { a, b }) => {
      plan.throttle = { rate: a, burst: b };
    },
  },
  "dynamodb-throttle": {
    run: (scene) =>
      wholeFault(
        dynamodbThrottle as never,
        { kind: "dynamodb-throttle", table: "orders", maxWriteUnits: 2, maxReadUnits: 1 },
        scene,
      ),
    get: ({ table }) => ({ a: table.most.write ?? -1, b: table.most.read ?? -1 }),
    set: ({ table }, { a, b }) => {
      // -1 is DynamoDB's word for "none".
      table.most = { ...(a === -1 ? {} : { write: a }), ...(b === -1 ? {} : { read: b }) };
    },
  },
};

test.each(Object.entries(SUBJECTS))(
  "%s: whatever others change between our looks, and whichever calls get lost, after the undo there is what there would be without the fault",
  async (name, { run, get, set }) => {
    vi.useFakeTimers();
    const first = fc.constantFrom({ a: 100, b: 200 }, ...(name === "dynamodb-throttle" ? [{ a: -1, b: 200 }] : []));
    try {
      await fc.assert(
        fc.asyncProperty(first, meanwhile(edits), async (before: Pair<number>, events) => {
          const { scene, stage } = setStage();
          set(stage, before);
          let untouched = before;
          const left = [...events];
          stage.fate = (operation) => {
            const event = left.shift();
            // Nobody else may change a table either that is being updated; between reading and writing nobody is seen.
            if (event?.edit && /^(Get|Describe)/.test(operation) && !stage.table.pending) {
              set(stage, { ...get(stage), ...event.edit });
              untouched = { ...untouched, ...event.edit };
            }
            return event?.fate ?? "answered";
          };
          await run(scene).finally(() => stage.stop());
          expect(get(stage)).toEqual(untouched);
        }),
        { numRuns: 300 },
      );
    } finally {
      vi.useRealTimers();
    }
  },
);
