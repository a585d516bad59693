import { BLOCK_SECONDS, type Block } from "./blocks.ts";
import type { Row } from "./csv.ts";
import { addToSketch } from "./sketch.ts";

/** How long after a request's end its row may come: k6 flushes every 200 ms, and 255 ms is the longest seen. */
const ROW_LAG_SECONDS = 0.3;

export interface Totals {
  requests: number;
  dropped: number;
  /** Rows that came after their block was sealed, or from before the first block: they are in no block. */
  late: number;
  /** Unix milliseconds. */
  firstRequestAt?: number;
}

/** Start of the block that a moment falls into, in Unix seconds. */
export const blockStartOf = (unixMs: number) => Math.floor(unixMs / 1_000 / BLOCK_SECONDS) * BLOCK_SECONDS;

/**
 * Folds the rows of one shard into blocks, by the time each request started. A block is sealed once the slowest request
 * that could have started in it has ended and its row has come; blocks without a row are sealed too, so that a missing
 * block means lost data and never silence.
 */
export class Folding {
  readonly totals: Totals = { requests: 0, dropped: 0, late: 0 };
  readonly #shard: number;
  readonly #openForSeconds: number;
  readonly #open = new Map<number, Block>();
  #next: number;
  #lastExpected: number;

  /** From the start of k6 to the end of its schedule, in Unix milliseconds. */
  constructor(shard: number, timeoutSeconds: number, startedAt: number, endsAt: number) {
    this.#shard = shard;
    this.#openForSeconds = BLOCK_SECONDS + timeoutSeconds + ROW_LAG_SECONDS;
    this.#next = blockStartOf(startedAt);
    this.#lastExpected = blockStartOf(endsAt - 1);
  }

  add(row: Row): void {
    const block = this.#blockAt(row.kind === "request" ? row.startAt : row.at);
    if (row.kind === "dropped") {
      this.totals.dropped += row.count;
      if (block) block.dropped += row.count;
    } else {
      this.totals.requests += 1;
      this.totals.firstRequestAt = Math.min(this.totals.firstRequestAt ?? Number.POSITIVE_INFINITY, row.startAt);
      if (block) addRequest(block, row);
    }
    if (!block) this.totals.late += 1;
  }

  /** Takes the blocks, oldest first, that no row can fall into any more. */
  seal(now: number): Block[] {
    const sealed: Block[] = [];
    while (this.#next <= this.#last() && this.#sealingTime(this.#next) <= now) {
      sealed.push(this.#take(this.#sealingTime(this.#next)));
    }
    return sealed;
  }

  /** Takes all that is left once k6 has ended; the last block may be cut short. */
  sealAll(endedAt: number): Block[] {
    this.#lastExpected = Math.min(this.#lastExpected, blockStartOf(endedAt));
    const sealed: Block[] = [];
    while (this.#next <= this.#last()) sealed.push(this.#take(Math.min(endedAt, this.#sealingTime(this.#next))));
    return sealed;
  }

  #blockAt(unixMs: number): Block | undefined {
    const start = blockStartOf(unixMs);
    if (start < this.#next) return undefined;
    const block = this.#open.get(start) ?? this.#empty(start);
    this.#open.set(start, block);
    return block;
  }

  #take(sealedAt: number): Block {
    const start = this.#next;
    const block = this.#open.get(start) ?? this.#empty(start);
    this.#open.delete(start);
    this.#next += BLOCK_SECONDS;
    return { ...block, sealedAt };
  }

  #last(): number {
    return Math.max(this.#lastExpected, ...this.#open.keys());
  }

  #sealingTime(start: number): number {
    return (start + this.#openForSeconds) * 1_000;
  }

  #empty(start: number): Block {
    return { shard: this.#shard, start, count: 0, failed: {}, dropped: 0, latency: {}, sealedAt: 0 };
  }
}

function addRequest(block: Block, { latencyMs, failed }: Extract<Row, { kind: "request" }>): void {
  block.count += 1;
  addToSketch(block.latency, latencyMs);
  if (failed !== undefined) block.failed[failed] = (block.failed[failed] ?? 0) + 1;
}
