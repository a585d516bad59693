import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { lambdaVersion } from "../../../functions/changes/lambda-version.ts";
import { setStage } from "./stage.ts";
import { meanwhile, wholeFault } from "./whole-fault.ts";

const spec = { kind: "lambda-version", alias: "live", version: "$LATEST" } as const;
/** Never what the fault makes of it: nobody could tell the two apart. */
const releases = meanwhile(fc.constantFrom("2", "3"));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("whenever others move the alias, between reading and writing too, and whichever calls get lost, it ends where they want it", async () => {
  await fc.assert(
    fc.asyncProperty(releases, async (events) => {
      const { scene, stage, stop } = setStage();
      let untouched = stage.alias.version;
      const left = [...events];
      stage.fate = () => {
        const event = left.shift();
        if (event?.edit) {
          stage.moveAlias({ version: event.edit });
          untouched = event.edit;
        }
        return event?.fate ?? "answered";
      };
      await wholeFault(lambdaVersion as never, spec, scene).finally(stop);
      expect(stage.alias.version).toBe(untouched);
    }),
    { numRuns: 300 },
  );
});
