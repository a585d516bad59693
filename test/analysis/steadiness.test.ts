import { describe, expect, it } from "vitest";
import type { ComparisonBlock } from "../../analysis/series.ts";
import { judgeSteadiness } from "../../analysis/steadiness.ts";
import { generate, QUIET, type World } from "./generator.ts";

const LAPTOP: World = { ...QUIET, baseMs: 3, spread: 0.4, rate: 40, errorRate: 0, levelSd: 0.1, levelRho: 0.5 };
const load = { rate: 40, missing: [] };

const baselineOf = (world: World, seed = 1, blocks = 7, blockSeconds = 5) =>
  generate(world, seed, { blockSeconds, intervals: [{ blocks }] })[0]!;

const changed = (change: (block: ComparisonBlock, index: number) => Partial<ComparisonBlock>) =>
  baselineOf(LAPTOP).map((block, index) => ({ ...block, ...change(block, index) }));

describe("judgeSteadiness", () => {
  it("is content with what a busy laptop does", () => {
    const worlds: World[] = [
      LAPTOP,
      { ...LAPTOP, baseMs: 5, spread: 0.8, levelSd: 0.3 },
      { ...LAPTOP, coldStarts: 60, bursts: 30 },
    ];
    for (const world of worlds) {
      const refused = Array.from({ length: 300 }, (_, seed) => judgeSteadiness(baselineOf(world, seed), load)).filter(
        ({ steady }) => !steady,
      );
      expect(refused.length).toBeLessThanOrEqual(1);
    }
  });

  it("is content with a drift of 5 % an hour", () => {
    const hour = baselineOf({ ...QUIET, rate: 4, drift: 0.05 }, 3, 120, 30);
    expect(judgeSteadiness(hour, { rate: 4, missing: [] })).toEqual({ steady: true, reasons: [], warnings: [] });
  });

  it.each<[string, ComparisonBlock[], RegExp]>([
    ["too short a baseline", baselineOf(LAPTOP).slice(0, 3), /at least 4 complete blocks of load, found 3/],
    ["no load at all", [], /found 0/],
    ["a rate that was not kept", changed(({ count }) => ({ count: count - 20 })), /expected 1400 requests.*found 1260/],
    ["dropped iterations", changed(() => ({ dropped: 3 })), /could not start 21 iterations/],
    ["errors without a fault", changed(() => ({ failed: 12 })), /6 % of the requests failed with no fault/],
    [
      "a system that is still warming up",
      changed(({ p50 }, index) => ({ p50: (p50 ?? 0) + 10 - index })),
      /p50 fell by \d+ % over the baseline: warm up longer/,
    ],
  ])("refuses %s", (_, baseline, reason) => {
    const { steady, reasons } = judgeSteadiness(baseline, load);
    expect(steady).toBe(false);
    expect(reasons.join("\n")).toMatch(reason);
  });

  it("refuses a baseline with holes and names the shards", () => {
    const missing = [
      { shard: 2, start: 0 },
      { shard: 0, start: 5000 },
    ];
    expect(judgeSteadiness(baselineOf(LAPTOP), { ...load, missing }).reasons).toEqual([
      "2 blocks of load are missing (shard 0, 2): the load did not run as planned",
    ]);
  });

  it("lets a single dropped iteration pass", () => {
    expect(
      judgeSteadiness(
        changed((_, index) => ({ dropped: index === 0 ? 1 : 0 })),
        load,
      ).steady,
    ).toBe(true);
  });

  it("warns of latency that wanders over minutes", () => {
    const { steady, warnings } = judgeSteadiness(baselineOf({ ...QUIET, levelSd: 0.15, levelRho: 0.98 }, 5, 60, 30), {
      rate: 10,
      missing: [],
    });
    expect(steady).toBe(true);
    expect(warnings.join()).toMatch(/latency wanders over 90 s/);
  });

  it("warns of latency that is all over the place", () => {
    const { warnings } = judgeSteadiness(baselineOf({ ...QUIET, baseMs: 50, levelSd: 0.7 }, 2, 30), {
      rate: 10,
      missing: [],
    });
    expect(warnings.join()).toMatch(/p50 varies by \d+ % from block to block/);
  });
});
