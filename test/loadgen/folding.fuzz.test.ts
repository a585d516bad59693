import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BLOCK_SECONDS, type Block, failedIn, mergeBlocks } from "../../loadgen/blocks.ts";
import type { Row } from "../../loadgen/csv.ts";
import { blockStartOf, Folding } from "../../loadgen/folding.ts";

const TIMEOUT_SECONDS = 2;
const STARTED_AT = 1_795_248_443_500;
const LASTS_MS = 60_000;

const request = fc.record({
  kind: fc.constant("request" as const),
  startAt: fc.integer({ min: STARTED_AT, max: STARTED_AT + LASTS_MS - 1 }),
  latencyMs: fc.double({ min: 0, max: TIMEOUT_SECONDS * 1_000, noNaN: true }),
});
const failed = request.chain((row) =>
  fc.constantFrom("500", "timeout", "refused").map((failed) => ({ ...row, failed })),
);
const dropped = fc.record({
  kind: fc.constant("dropped" as const),
  at: fc.integer({ min: STARTED_AT, max: STARTED_AT + LASTS_MS - 1 }),
  count: fc.integer({ min: 1, max: 5 }),
});
const rows = fc.array(fc.oneof(request, failed, dropped), { maxLength: 200 });

/** When k6 would print the row: 255 ms after the request's end at the latest. */
const printedAt = (row: Row) => (row.kind === "request" ? row.startAt + row.latencyMs : row.at) + 255;

/** Plays the rows at the times at which k6 prints them, with a look every `lookMs`. */
function fold(rows: readonly Row[], lookMs: number, endsAt = STARTED_AT + LASTS_MS) {
  const folding = new Folding(0, TIMEOUT_SECONDS, STARTED_AT, endsAt);
  const waiting = rows.toSorted((a, b) => printedAt(a) - printedAt(b));
  const blocks: Block[] = [];
  const last = endsAt + TIMEOUT_SECONDS * 1_000;
  for (let now = STARTED_AT; now < last; now += lookMs) {
    while (waiting[0] && printedAt(waiting[0]) <= now) folding.add(waiting.shift()!);
    blocks.push(...folding.seal(now));
  }
  for (const row of waiting) folding.add(row);
  return { blocks: [...blocks, ...folding.sealAll(last)], totals: folding.totals };
}

const lookMs = fc.integer({ min: 10, max: 5_000 });

describe("whatever the rows and however often it looks", () => {
  test("blocks follow each other without a gap, from the start to the end of the schedule", () => {
    fc.assert(
      fc.property(rows, lookMs, (rows, lookMs) => {
        const starts = fold(rows, lookMs).blocks.map((block) => block.start);
        const expected: number[] = [];
        const lastStart = blockStartOf(STARTED_AT + LASTS_MS - 1);
        for (let at = blockStartOf(STARTED_AT); at <= lastStart; at += BLOCK_SECONDS) expected.push(at);
        expect(starts).toEqual(expected);
      }),
    );
  });

  test("no row is lost, none is late, and each is in the block in which it started", () => {
    fc.assert(
      fc.property(rows, lookMs, (rows, lookMs) => {
        const { blocks, totals } = fold(rows, lookMs);
        const requests = rows.filter((row) => row.kind === "request");
        expect(totals.late).toBe(0);
        expect(totals.requests).toBe(requests.length);
        for (const block of blocks) {
          const inside = requests.filter((row) => blockStartOf(row.startAt) === block.start);
          expect(block.count).toBe(inside.length);
          expect(failedIn(block)).toBe(inside.filter((row) => "failed" in row).length);
        }
        expect(mergeBlocks(blocks).dropped).toBe(totals.dropped);
      }),
    );
  });

  test("the blocks of shards that share the rows add up to those of one shard", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 2, max: 4 }), (rows, shards) => {
        const whole = fold(rows, 200).blocks;
        const parts = Array.from({ length: shards }, (_, shard) =>
          fold(
            rows.filter((_, i) => i % shards === shard),
            200,
          ),
        );
        for (const [index, block] of whole.entries()) {
          const { shard: _, ...expected } = block;
          expect(mergeBlocks(parts.map(({ blocks }) => blocks[index]!))).toEqual(expected);
        }
      }),
    );
  });
});

test("a row that comes after its block was sealed is counted as late", () => {
  const folding = new Folding(0, TIMEOUT_SECONDS, STARTED_AT, STARTED_AT + LASTS_MS);
  expect(folding.seal(STARTED_AT + 20_000)).not.toHaveLength(0);
  folding.add({ kind: "request", startAt: STARTED_AT + 1, latencyMs: 5 });
  expect(folding.totals).toMatchObject({ requests: 1, late: 1 });
});

test("keeps a block open until its slowest request's row has come", () => {
  const start = blockStartOf(STARTED_AT) * 1_000;
  const folding = new Folding(0, TIMEOUT_SECONDS, STARTED_AT, STARTED_AT + LASTS_MS);
  expect(folding.seal(start + 7_299)).toEqual([]);
  expect(folding.seal(start + 7_300)).toMatchObject([{ start: start / 1_000, sealedAt: start + 7_300 }]);
});

test("when k6 ends early there is no block after its end", () => {
  const folding = new Folding(0, TIMEOUT_SECONDS, STARTED_AT, STARTED_AT + LASTS_MS);
  const blocks = folding.sealAll(STARTED_AT + 7_000);
  expect(blocks.at(-1)!.start).toBe(blockStartOf(STARTED_AT + 7_000));
  expect(blocks).toHaveLength(3);
});
