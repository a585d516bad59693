import type { ComparisonBlock, Interval } from "./series.ts";

/** What CloudWatch knows of a function, by the start of the period in Unix milliseconds. */
export interface FunctionMetrics {
  readonly invocations: ReadonlyMap<number, number>;
  readonly errors: ReadonlyMap<number, number>;
  readonly throttles: ReadonlyMap<number, number>;
  readonly p50: ReadonlyMap<number, number>;
  readonly p90: ReadonlyMap<number, number>;
  readonly p99: ReadonlyMap<number, number>;
}

interface Grid extends Interval {
  readonly periodSeconds: number;
  /** How long after its end a period's metrics are on hand, seconds. */
  readonly arrivalSeconds: number;
}

/**
 * The periods that lie entirely within the interval as what load is compared in. A throttled call is no invocation for
 * Lambda, and no error either (its developer guide, "Types of metrics"): here it counts as one that failed.
 */
export function functionBlocks(metrics: FunctionMetrics, grid: Grid): ComparisonBlock[] {
  const periodMs = grid.periodSeconds * 1000;
  const blocks: ComparisonBlock[] = [];
  for (let start = Math.ceil(grid.from / periodMs) * periodMs; start + periodMs <= grid.to; start += periodMs) {
    const throttled = metrics.throttles.get(start) ?? 0;
    const count = (metrics.invocations.get(start) ?? 0) + throttled;
    // A period without a point is one in which nobody called, or one that is not on hand yet.
    if (count === 0) continue;
    blocks.push({
      start,
      end: start + periodMs,
      count,
      failed: (metrics.errors.get(start) ?? 0) + throttled,
      dropped: 0,
      p50: metrics.p50.get(start),
      p90: metrics.p90.get(start),
      p99: metrics.p99.get(start),
      sealedAt: start + periodMs + grid.arrivalSeconds * 1000,
    });
  }
  return blocks;
}
