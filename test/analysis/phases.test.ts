import { describe, expect, test } from "vitest";
import { loadTotals, phasesOf } from "../../analysis/phases.ts";
import type { Block } from "../../loadgen/blocks.ts";
import { addToSketch } from "../../loadgen/sketch.ts";
import type { FaultResult } from "../../workflows/result.ts";
import { samplePlan } from "../workflows/sample.ts";

const T0 = Date.parse("2026-11-21T10:00:00Z");
const at = (second: number) => new Date(T0 + second * 1000).toISOString();
const plan = samplePlan({ warmUpSeconds: 10 });

/** A block of every five seconds of the interval, each with ten requests of so many milliseconds. */
function blocks(fromSecond: number, toSecond: number, ms = 10, shard = 0): Block[] {
  return Array.from({ length: (toSecond - fromSecond) / 5 }, (_, index) => ({
    shard,
    start: T0 / 1000 + fromSecond + index * 5,
    count: 10,
    failed: index === 0 ? { "500": 1 } : {},
    dropped: 0,
    latency: sketchOf(Array.from({ length: 10 }, () => ms)),
    sealedAt: T0 + (fromSecond + index * 5 + 7) * 1000,
  }));
}

function sketchOf(values: number[]) {
  const sketch = {};
  for (const value of values) addToSketch(sketch, value);
  return sketch;
}

const fault = (name: string, injected?: number, undone?: number): FaultResult => ({
  name,
  kind: "none",
  change: "nothing",
  evidence: [],
  detections: [],
  measures: [],
  recovered: true,
  recovery: "",
  ...(injected === undefined ? {} : { injectedAt: at(injected) }),
  ...(undone === undefined ? {} : { undoneAt: at(undone) }),
});

const cut = (changes: Partial<Parameters<typeof phasesOf>[0]> = {}) =>
  phasesOf({
    plan,
    startOfLoad: T0,
    baseline: { from: T0 + 10_000, to: T0 + 40_000 },
    faults: [fault("slow", 42, 72), fault("errors", 95, 120)],
    blocks: blocks(0, 150),
    now: T0 + 200_000,
    ...changes,
  });

const outline = (phases: ReturnType<typeof cut>) =>
  phases.map(({ name, from, to }) => [name, (Date.parse(from) - T0) / 1000, (Date.parse(to) - T0) / 1000]);

describe("the phases of a game day", () => {
  test("follow on each other: each fault with its recovery, up to the next fault or the last block", () => {
    expect(outline(cut())).toEqual([
      ["warm-up", 0, 10],
      ["baseline", 10, 40],
      ["fault", 42, 72],
      ["recovery", 72, 95],
      ["fault", 95, 120],
      ["recovery", 120, 150],
    ]);
    expect(cut().map(({ label }) => label)).toEqual([
      "warm-up",
      "baseline",
      "fault slow",
      "recovery",
      "fault errors",
      "recovery",
    ]);
  });

  test("each has the load that lies in it entirely", () => {
    const [warmUp, baseline, slow] = cut();
    expect(warmUp).toMatchObject({ requests: 20, failed: 1 });
    expect(baseline).toMatchObject({ requests: 60, failed: 0 });
    // Of 42 to 72 the blocks from 45 to 70.
    expect(slow).toMatchObject({ requests: 50 });
    expect(slow!.latencyMs!.p50).toBeCloseTo(10, 0);
  });

  test("go as far as the game day got", () => {
    expect(outline(cut({ faults: [fault("slow", 42)], blocks: blocks(0, 60) }))).toEqual([
      ["warm-up", 0, 10],
      ["baseline", 10, 40],
      ["fault", 42, 60],
    ]);
    expect(outline(cut({ faults: [fault("slow")], baseline: undefined, blocks: blocks(0, 30) }))).toEqual([
      ["warm-up", 0, 10],
    ]);
    expect(cut({ startOfLoad: undefined })).toEqual([]);
  });

  test("one that had not begun when the load ended is none", () => {
    expect(outline(cut({ faults: [fault("slow", 42, 72)], blocks: blocks(0, 40) }))).toEqual([
      ["warm-up", 0, 10],
      ["baseline", 10, 40],
    ]);
  });
});

describe("the load as a whole", () => {
  test("is the sum of all shards' blocks", () => {
    const all = [...blocks(0, 150), ...blocks(0, 150, 30, 1)];
    const totals = loadTotals({ plan, blocks: all, phases: cut(), firstRequests: [T0 + 12, T0 + 30] });
    expect(totals).toMatchObject({
      requests: 600,
      failed: 2,
      failedByKind: { "500": 2 },
      dropped: 0,
      rate: plan.load.rate,
      shards: 1,
      skewMs: 18,
    });
    expect(Object.keys(totals.latencyMs)).toEqual([
      "all",
      "warm-up",
      "baseline",
      "fault slow",
      "recovery",
      "fault errors",
    ]);
  });

  test("without any block is nothing", () => {
    expect(loadTotals({ plan, blocks: [], phases: [], firstRequests: [] })).toEqual({
      requests: 0,
      failed: 0,
      failedByKind: {},
      dropped: 0,
      rate: plan.load.rate,
      shards: 1,
      skewMs: 0,
      latencyMs: {},
    });
  });
});
