import * as z from "zod";
import { mergeSketches } from "./sketch.ts";

/** Seconds of one shard's requests that are folded into one block. */
export const BLOCK_SECONDS = 5;

/** Five seconds of one load shard's requests, by the time each request started. */
export const Block = z.object({
  shard: z.int().min(0),
  /** Unix seconds, a multiple of {@link BLOCK_SECONDS}. */
  start: z.int(),
  /** Requests that started in the block, failed ones included. */
  count: z.int().min(0),
  /** Failed requests by kind: an HTTP status such as `500`, or `timeout`, `refused`, `network`. */
  failed: z.record(z.string(), z.int()),
  /** Iterations that k6 could not start in time: the arrival rate was not kept. */
  dropped: z.int().min(0),
  /** Latencies in milliseconds of all requests, failed ones included. */
  latency: z.record(z.string(), z.int()),
  /** Unix milliseconds at which no further row of the block could come. */
  sealedAt: z.number(),
});
export type Block = z.infer<typeof Block>;

/** Adds up the blocks of one interval, of whatever shards. `start` and `sealedAt` are those of first and last. */
export function mergeBlocks(blocks: readonly Block[]): Omit<Block, "shard"> {
  const failed: Record<string, number> = {};
  for (const block of blocks) {
    for (const [kind, count] of Object.entries(block.failed)) failed[kind] = (failed[kind] ?? 0) + count;
  }
  return {
    start: Math.min(...blocks.map((block) => block.start)),
    count: blocks.reduce((sum, block) => sum + block.count, 0),
    failed,
    dropped: blocks.reduce((sum, block) => sum + block.dropped, 0),
    latency: mergeSketches(blocks.map((block) => block.latency)),
    sealedAt: Math.max(...blocks.map((block) => block.sealedAt)),
  };
}

export const failedIn = (block: Pick<Block, "failed">): number =>
  Object.values(block.failed).reduce((sum, count) => sum + count, 0);
