import { describe, expect, it } from "vitest";
import { comparisonBlocks, missingBlocks, phaseSummary, pointSeconds, seriesPoints } from "../../analysis/series.ts";
import type { Block } from "../../loadgen/blocks.ts";
import { addToSketch, type Sketch } from "../../loadgen/sketch.ts";

const T0 = 1_795_248_000;
const ms = (seconds: number) => (T0 + seconds) * 1000;

function block(second: number, { shard = 0, latencies = [10, 20, 30], failed = 0, dropped = 0 } = {}): Block {
  const latency: Sketch = {};
  for (const value of latencies) addToSketch(latency, value);
  return {
    shard,
    start: T0 + second,
    count: latencies.length,
    failed: failed > 0 ? { "500": failed } : {},
    dropped,
    latency,
    sealedAt: ms(second + 7) + shard,
  };
}

describe("comparisonBlocks", () => {
  it("adds up the blocks of all shards", () => {
    const blocks = [0, 5].flatMap((second) =>
      [0, 1].map((shard) => block(second, { shard, failed: 1, dropped: 2, latencies: [10, 10, 10, 100] })),
    );
    const [piece, ...rest] = comparisonBlocks(blocks, { from: ms(0), to: ms(10), seconds: 10, shards: 2 });
    expect(rest).toEqual([]);
    expect(piece).toMatchObject({ start: ms(0), end: ms(10), count: 16, failed: 4, dropped: 8, sealedAt: ms(12) + 1 });
    expect(piece!.p50).toBeCloseTo(10, 0);
    expect(piece!.p99).toBeGreaterThan(90);
  });

  it("begins with the first block that lies entirely within the interval", () => {
    const blocks = [0, 5, 10, 15, 20].map((second) => block(second));
    const pieces = comparisonBlocks(blocks, { from: ms(1.2), to: ms(23), seconds: 5, shards: 1 });
    expect(pieces.map(({ start }) => start)).toEqual([ms(5), ms(10), ms(15)]);
  });

  it("leaves out a piece that lacks a shard's block, and names the block", () => {
    const blocks = [block(0), block(0, { shard: 1 }), block(5), block(10), block(10, { shard: 1 })];
    const interval = { from: ms(0), to: ms(15), shards: 2 };
    expect(comparisonBlocks(blocks, { ...interval, seconds: 5 }).map(({ start }) => start)).toEqual([ms(0), ms(10)]);
    expect(missingBlocks(blocks, interval)).toEqual([{ shard: 1, start: ms(5) }]);
  });

  it("counts a block once that was listed twice", () => {
    const pieces = comparisonBlocks([block(0), block(0)], { from: ms(0), to: ms(5), seconds: 5, shards: 1 });
    expect(pieces[0]!.count).toBe(3);
  });

  it("knows no percentile of a block without requests", () => {
    const [piece] = comparisonBlocks([block(0, { latencies: [] })], { from: ms(0), to: ms(5), seconds: 5, shards: 1 });
    expect(piece).toMatchObject({ count: 0, p50: undefined, p99: undefined });
  });

  it("refuses pieces that blocks do not fill", () => {
    expect(() => comparisonBlocks([], { from: 0, to: 1, seconds: 12, shards: 1 })).toThrow(/multiple of 5/);
  });
});

describe("seriesPoints", () => {
  it("gives points in order and leaves gaps where there was no load", () => {
    const points = seriesPoints([block(20), block(5), block(0, { failed: 1 })], 10);
    expect(points.map(({ at, requests, failed }) => [Date.parse(at), requests, failed])).toEqual([
      [ms(0), 6, 1],
      [ms(20), 3, 0],
    ]);
  });

  it("gets by with few points, however long the game day", () => {
    expect([60, 1200, 1201, 4 * 3600].map((seconds) => pointSeconds(seconds))).toEqual([5, 5, 10, 60]);
  });
});

describe("phaseSummary", () => {
  it("takes the blocks within the phase only", () => {
    const summary = phaseSummary([block(0), block(5, { failed: 2 }), block(10)], { from: ms(3), to: ms(12) });
    expect(summary).toMatchObject({ requests: 3, failed: 2 });
    expect(summary.latencyMs!.p50).toBeCloseTo(20, 0);
  });

  it("has no latency for a phase without load", () => {
    expect(phaseSummary([], { from: ms(0), to: ms(10) })).toEqual({ requests: 0, failed: 0 });
  });
});
