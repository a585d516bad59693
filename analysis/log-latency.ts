import type { ComparisonBlock } from "./series.ts";

/** The percentiles that are compared. */
export const PERCENTILES = ["p50", "p90", "p99"] as const;
export type Percentile = (typeof PERCENTILES)[number];

/**
 * Milliseconds added to each percentile before its logarithm. A base latency of 2-3 ms on a loopback jitters by
 * fractions of a millisecond that are large on a log scale and that no user would notice; on a base of 100 ms, five
 * milliseconds change next to nothing.
 */
export const RESOLUTION_FLOOR_MS = 5;

/**
 * Requests that a block must have for a percentile to be compared. Below 100 the p99 is close to the block's largest
 * value, which is still comparable between blocks of equal size; below 20 it says no more than the p90 does.
 */
export const MIN_REQUESTS: Record<Percentile, number> = { p50: 5, p90: 10, p99: 20 };

/** The logarithm of one block's percentile and the block's middle. */
export interface LogLatency {
  /** Unix milliseconds. */
  readonly at: number;
  readonly y: number;
}

export const toLog = (latencyMs: number) => Math.log(latencyMs + RESOLUTION_FLOOR_MS);
export const fromLog = (y: number) => Math.max(0, Math.exp(y) - RESOLUTION_FLOOR_MS);

/** What one block says of a percentile, or undefined when it has too few requests to say anything. */
export function logLatency(block: ComparisonBlock, percentile: Percentile): LogLatency | undefined {
  const latencyMs = block[percentile];
  if (latencyMs === undefined || block.count < MIN_REQUESTS[percentile]) return undefined;
  return { at: (block.start + block.end) / 2, y: toLog(latencyMs) };
}

export function logLatencies(blocks: readonly ComparisonBlock[], percentile: Percentile): LogLatency[] {
  return blocks.map((block) => logLatency(block, percentile)).filter((value) => value !== undefined);
}

export const inOrder = (blocks: readonly ComparisonBlock[]) => [...blocks].sort((a, b) => a.start - b.start);
