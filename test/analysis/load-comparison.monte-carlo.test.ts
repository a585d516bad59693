import { describe, expect, it } from "vitest";
import { compareLoad } from "../../analysis/load-comparison.ts";
import { type Fault, generate, QUIET, type World } from "./generator.ts";

const LAPTOP: World = { ...QUIET, baseMs: 3, spread: 0.4, rate: 40, errorRate: 0, levelSd: 0.1, levelRho: 0.5 };

interface Plan {
  readonly blockSeconds: number;
  readonly n0: number;
  readonly n1: number;
  readonly runs: number;
  readonly fault?: Fault;
}

/** How many of the runs gave an alarm, and the median seconds from the fault to the end of the block that told. */
function alarms(world: World, { blockSeconds, n0, n1, runs, fault }: Plan): { hits: number; delay: number } {
  const delays: number[] = [];
  for (let seed = 1; seed <= runs; seed++) {
    const intervals = [{ blocks: n0 }, { blocks: n1, ...(fault && { fault }) }];
    const [baseline, window] = generate(world, seed * 7919, { blockSeconds, intervals });
    const inEffectAt = window![0]!.start;
    const found = compareLoad({ baseline: baseline!, window: window!, inEffectAt });
    if (found.outcome === "detected") delays.push((found.detectedAt - 2300 - inEffectAt) / 1000);
  }
  return { hits: delays.length, delay: delays.sort((a, b) => a - b)[delays.length >> 1] ?? Number.NaN };
}

// Seeded, so these are fixed numbers and not chances. The level of the alarm is 1 %.
describe("false alarms of a rehearsal: 7 blocks of 5 s against 5", () => {
  it.each<[string, World]>([
    ["independent", { ...LAPTOP, levelSd: 0.05, levelRho: 0 }],
    ["autocorrelated", { ...LAPTOP, levelSd: 0.2, levelRho: 0.7 }],
    ["noisy", { ...LAPTOP, spread: 0.8, levelSd: 0.3, levelRho: 0.3 }],
    ["with cold starts and bursts", { ...LAPTOP, coldStarts: 40, bursts: 20 }],
    ["with bunches of errors", { ...LAPTOP, errorRate: 0.01, errorSd: 0.7 }],
  ])("%s", (_, world) => {
    const runs = 600;
    expect(alarms(world, { blockSeconds: 5, n0: 7, n1: 5, runs }).hits / runs).toBeLessThanOrEqual(0.01);
  });
});

describe("false alarms on AWS: 40 blocks of 30 s against 20", () => {
  it.each<[string, World]>([
    ["independent", QUIET],
    ["autocorrelated", { ...QUIET, levelSd: 0.1, levelRho: 0.8 }],
    ["drifting by 5 % an hour", { ...QUIET, drift: 0.05 }],
    ["with bursts", { ...QUIET, bursts: 4 }],
    ["with cold starts", { ...QUIET, coldStarts: 12 }],
    ["with bunches of errors", { ...QUIET, errorRate: 0.005, errorSd: 1 }],
  ])("%s", (_, world) => {
    const runs = 100;
    expect(alarms({ ...world, rate: 4 }, { blockSeconds: 30, n0: 40, n1: 20, runs }).hits / runs).toBeLessThanOrEqual(
      0.01,
    );
  });
});

describe("recall", () => {
  it.each([
    [6, 4],
    [7, 5],
    [8, 6],
  ])("of 250 ms in a third of the requests in a rehearsal of %d against %d blocks", (n0, n1) => {
    const fault = { share: 0.3, addMs: 250 };
    const { hits, delay } = alarms(LAPTOP, { blockSeconds: 5, n0, n1, runs: 100, fault });
    expect(hits).toBeGreaterThanOrEqual(99);
    expect(delay).toBeLessThanOrEqual(15);
  });

  it.each<[string, Fault]>([
    ["everything 30 % slower", { slower: 1.3 }],
    ["half a second in a twentieth of the requests", { share: 0.05, addMs: 500 }],
    ["two points more errors", { errors: 0.02 }],
  ])("on AWS of what a 2-of-5 alarm cannot see: %s", (_, fault) => {
    const world = { ...QUIET, rate: 4, levelSd: 0.05, levelRho: 0.6 };
    const { hits, delay } = alarms(world, { blockSeconds: 30, n0: 40, n1: 20, runs: 40, fault });
    expect(hits).toBeGreaterThanOrEqual(38);
    expect(delay).toBeLessThanOrEqual(240);
  });
});
