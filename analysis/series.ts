import { BLOCK_SECONDS, type Block, failedIn, mergeBlocks } from "../loadgen/blocks.ts";
import { type Sketch, sketchQuantile } from "../loadgen/sketch.ts";
import type { Percentiles, SeriesPoint } from "../workflows/result.ts";

/** An interval of time `[from, to)` in Unix milliseconds, as are all times in `analysis`. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Several seconds of all shards' requests: the unit in which load is compared with its baseline. */
export interface ComparisonBlock {
  /** Unix milliseconds. */
  readonly start: number;
  /** Unix milliseconds, exclusive. */
  readonly end: number;
  readonly count: number;
  readonly failed: number;
  readonly dropped: number;
  /** Latency in milliseconds of all requests, failed ones included; undefined when there were none. */
  readonly p50: number | undefined;
  readonly p90: number | undefined;
  readonly p99: number | undefined;
  /** Unix milliseconds at which the last part was on hand. */
  readonly sealedAt: number;
}

export interface MissingBlock {
  readonly shard: number;
  /** Unix milliseconds. */
  readonly start: number;
}

const BLOCK_MS = BLOCK_SECONDS * 1000;

/**
 * Pieces of `seconds` that lie entirely within the interval, the first at the interval's first block. A piece that lacks a
 * shard's block is left out: its counts would be too low. {@link missingBlocks} says which are lacking.
 */
export function comparisonBlocks(
  blocks: readonly Block[],
  { from, to, seconds, shards }: Interval & { readonly seconds: number; readonly shards: number },
): ComparisonBlock[] {
  const pieceMs = pieceLength(seconds);
  const byStart = Map.groupBy(withoutCopies(blocks), startMs);
  const pieces: ComparisonBlock[] = [];
  for (let start = firstBlock(from); start + pieceMs <= to; start += pieceMs) {
    const parts = blockStarts({ from: start, to: start + pieceMs }).flatMap((at) => byStart.get(at) ?? []);
    if (parts.length === shards * (pieceMs / BLOCK_MS)) pieces.push(toComparisonBlock(parts, start, start + pieceMs));
  }
  return pieces;
}

/** Blocks that lie entirely within the interval and that a shard has not delivered. */
export function missingBlocks(
  blocks: readonly Block[],
  { from, to, shards }: Interval & { readonly shards: number },
): MissingBlock[] {
  const there = new Set(blocks.map((block) => `${block.shard}@${startMs(block)}`));
  return blockStarts({ from, to }).flatMap((start) =>
    Array.from({ length: shards }, (_, shard) => ({ shard, start })).filter(
      (missing) => !there.has(`${missing.shard}@${start}`),
    ),
  );
}

/** The points of the report's picture, each `seconds` long, in order; a gap in the load is a gap in the points. */
export function seriesPoints(blocks: readonly Block[], seconds: number): SeriesPoint[] {
  const pieceMs = pieceLength(seconds);
  const pieces = Map.groupBy(withoutCopies(blocks), (block) => Math.floor(startMs(block) / pieceMs) * pieceMs);
  return [...pieces.entries()]
    .sort(([a], [b]) => a - b)
    .map(([start, parts]) => ({ at: new Date(start).toISOString(), seconds, ...summaryOf(parts) }));
}

/** Seconds that each point should have so that a picture of `durationSeconds` has at most `most` points. */
export function pointSeconds(durationSeconds: number, most = 240): number {
  return Math.max(1, Math.ceil(durationSeconds / most / BLOCK_SECONDS)) * BLOCK_SECONDS;
}

/** Requests and latency of the blocks that lie entirely within the interval. */
export function phaseSummary(
  blocks: readonly Block[],
  { from, to }: Interval,
): { requests: number; failed: number; latencyMs?: Percentiles } {
  return summaryOf(withoutCopies(blocks).filter((block) => startMs(block) >= from && startMs(block) + BLOCK_MS <= to));
}

const startMs = (block: Pick<Block, "start">) => block.start * 1000;
const firstBlock = (from: number) => Math.ceil(from / BLOCK_MS) * BLOCK_MS;

function pieceLength(seconds: number): number {
  if (seconds > 0 && seconds % BLOCK_SECONDS === 0) return seconds * 1000;
  throw new RangeError(`expected a multiple of ${BLOCK_SECONDS} seconds, found ${seconds}`);
}

function blockStarts({ from, to }: Interval): number[] {
  const first = firstBlock(from);
  const count = Math.max(0, Math.floor((to - first) / BLOCK_MS));
  return Array.from({ length: count }, (_, index) => first + index * BLOCK_MS);
}

/** A block that was listed twice counts once. */
function withoutCopies(blocks: readonly Block[]): Block[] {
  return [...new Map(blocks.map((block) => [`${block.shard}@${block.start}`, block])).values()];
}

function toComparisonBlock(parts: readonly Block[], start: number, end: number): ComparisonBlock {
  const { count, dropped, latency, sealedAt, ...rest } = mergeBlocks(parts);
  return {
    start,
    end,
    count,
    failed: failedIn(rest),
    dropped,
    p50: sketchQuantile(latency, 0.5),
    p90: sketchQuantile(latency, 0.9),
    p99: sketchQuantile(latency, 0.99),
    sealedAt,
  };
}

function summaryOf(parts: readonly Block[]): { requests: number; failed: number; latencyMs?: Percentiles } {
  if (parts.length === 0) return { requests: 0, failed: 0 };
  const { count, latency, ...rest } = mergeBlocks(parts);
  const latencyMs = percentilesOf(latency);
  return { requests: count, failed: failedIn(rest), ...(latencyMs && { latencyMs }) };
}

/** Percentiles in milliseconds of a sketch, or undefined for an empty one. */
export function percentilesOf(latency: Sketch): Percentiles | undefined {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => sketchQuantile(latency, q));
  return p50 === undefined ? undefined : { p50, p95: p95!, p99: p99! };
}
