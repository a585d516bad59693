import fc from "fast-check";
import { expect, test } from "vitest";
import { scriptLoad } from "../../loadgen/script-load.ts";
import { plannedLoad } from "./planned-load.ts";

const load = fc.record({
  rate: fc.double({ min: 0.1, max: 10_000, noNaN: true }),
  timeoutSeconds: fc.integer({ min: 1, max: 60 }),
  shards: fc.integer({ min: 1, max: 20 }),
});

test("every shard has the same number of virtual users, and at least one", () => {
  fc.assert(
    fc.property(load, (load) => {
      const { maxVUs } = scriptLoad(plannedLoad(load));
      expect(maxVUs % load.shards).toBe(0);
      expect(maxVUs).toBeGreaterThanOrEqual(load.shards);
    }),
  );
});

test("there are enough for the rate when every request runs into its timeout, up to the limit", () => {
  fc.assert(
    fc.property(load, (load) => {
      const { maxVUs } = scriptLoad(plannedLoad(load));
      expect(maxVUs).toBeGreaterThanOrEqual(Math.min(load.rate * load.timeoutSeconds, 5_000 * load.shards));
    }),
  );
});
