import { beforeEach, describe, expect, test } from "vitest";
import { checkGuard } from "../../../functions/load/guard.ts";
import { sealSeconds } from "../../../functions/load/watch.ts";
import { GuardTripped } from "../../../functions/runtime/errors.ts";
import { estimateCostSoFar } from "../../../workflows/cost.ts";
import type { PlannedGuard } from "../../../workflows/guard.ts";
import { samplePlan } from "../../workflows/sample.ts";
import { guardedDay } from "../guarded.ts";

const NINE = Date.parse("2026-11-21T09:00:00Z");
const at = (seconds: number) => new Date(NINE + seconds * 1000);
const plan = samplePlan({ id: "day-1", startedAt: at(0).toISOString() });
/** Seconds until what was sent by a moment is in the bucket for certain. */
const sealed = Math.ceil(sealSeconds(plan));

let day: ReturnType<typeof guardedDay>;
beforeEach(() => {
  day = guardedDay(plan.id);
});
const look = (guard: PlannedGuard, seconds: number) => {
  day.clock.time = at(seconds);
  return checkGuard({ ...plan, guard }, day.runtime);
};

describe("load", () => {
  const guard: PlannedGuard = { errorRate: { above: 0.5, forSeconds: 30 } };

  test("is judged on the newest seconds that are in for certain", async () => {
    await day.begin(at(0));
    await day.load(at(0), at(60));
    await day.load(at(60), at(120), { failed: 20 });
    await look(guard, 60 + sealed);
    // Half of 30 seconds: that is the limit, and not above it.
    await look(guard, 75 + sealed);
    const tripped = look(guard, 80 + sealed);
    await expect(tripped).rejects.toThrow(GuardTripped);
    await expect(tripped).rejects.toThrow(
      "Expected at most 50 % of the requests of 30 s to fail; found 80 of 120 failed (67 %). The guard ends the game day early.",
    );
    // The bucket may hold newer blocks already; without all of them they say nothing.
    await look(guard, 79 + sealed - 5);
  });

  test("is not judged before it has lasted that long", async () => {
    await day.begin(at(0));
    await day.load(at(0), at(60), { failed: 20 });
    await look(guard, 29 + sealed);
    await expect(look(guard, 30 + sealed)).rejects.toThrow(GuardTripped);
  });

  test("that nobody has started, or of which nothing is there, is not judged", async () => {
    await look(guard, 100);
    await day.begin(at(0));
    await look(guard, 100);
  });

  test("of all shards counts together, and what is there counts when something is missing", async () => {
    await day.begin(at(0));
    await day.load(at(0), at(60), { failed: 20, shard: 0 });
    await day.load(at(0), at(60), { failed: 0, count: 60, shard: 1 });
    await look(guard, 30 + sealed);
    await day.load(at(60), at(90), { failed: 20, shard: 0 });
    await expect(look(guard, 90 + sealed)).rejects.toThrow("found 120 of 120 failed");
  });

  test.each([
    ["p50", false],
    ["p90", true],
    ["p99", true],
  ] as const)("has its %s judged", async (percentile, trips) => {
    await day.begin(at(0));
    // A fifth of the requests is slow.
    await day.load(at(0), at(60), { shard: 0, count: 20, latencyMs: 20 });
    await day.load(at(0), at(60), { shard: 1, count: 5, latencyMs: 3000 });
    const guard: PlannedGuard = { latency: { percentile, aboveMs: 2000, forSeconds: 10 } };
    if (trips) await expect(look(guard, 60)).rejects.toThrow(`Expected the ${percentile} of 10 s to be at most 2.0 s`);
    else await look(guard, 60);
  });

  test("is judged over the time of each limit", async () => {
    await day.begin(at(0));
    await day.load(at(0), at(60), { latencyMs: 3000 });
    await day.load(at(60), at(90), { failed: 20 });
    const both: PlannedGuard = {
      errorRate: { above: 0.9, forSeconds: 60 },
      latency: { percentile: "p50", aboveMs: 2000, forSeconds: 30 },
    };
    await look(both, 90 + sealed);
    await expect(look({ ...both, errorRate: { above: 0.9, forSeconds: 30 } }, 90 + sealed)).rejects.toThrow("to fail");
    await expect(
      look({ ...both, latency: { ...both.latency!, forSeconds: 60, percentile: "p90" } }, 90 + sealed),
    ).rejects.toThrow("p90 of 60 s");
  });
});

describe("alarms", () => {
  const guard: PlannedGuard = { alarms: ["Errors", "Latency"] };

  test("end the game day when one is in ALARM, in no other state, and whether there is load or not", async () => {
    day.states.set("Errors", "OK").set("Latency", "INSUFFICIENT_DATA").set("Other", "ALARM");
    await look(guard, 1);
    day.states.set("Latency", "ALARM");
    await expect(look(guard, 1)).rejects.toThrow(
      "Expected none of the guard's alarms to go off; found Latency in ALARM.",
    );
  });

  test("that are gone end it too", async () => {
    day.states.set("Errors", "OK");
    await expect(look(guard, 1)).rejects.toThrow("found Latency gone");
  });
});

test("money ends the game day once the estimate so far is above the budget", async () => {
  await day.begin(at(60));
  const spent = (seconds: number) => estimateCostSoFar(plan, { now: at(seconds), startOfLoad: at(60) }).estimatedUsd;
  const guard: PlannedGuard = { budgetUsd: spent(1800) };
  await look(guard, 1800);
  await expect(look(guard, 1801)).rejects.toThrow(/^Expected at most \$0\.\d+ to be spent; found about/);
});

test("without a guard nothing is looked at", async () => {
  const nothing = () => Promise.reject(new Error("looked at"));
  const blind = { clients: {}, results: { getJson: nothing, blocks: nothing }, clock: day.clock };
  await expect(checkGuard(plan, blind as never)).resolves.toBeUndefined();
});
