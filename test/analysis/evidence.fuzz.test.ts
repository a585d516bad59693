import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockT } from "../../analysis/block-t.ts";
import { evidenceAfterEach } from "../../analysis/e-process.ts";
import { errorEvidence } from "../../analysis/error-rate.ts";
import { compareLoad, SequentialComparison } from "../../analysis/load-comparison.ts";
import type { ComparisonBlock } from "../../analysis/series.ts";
import { wholeBlockT, wholeErrorEvidence } from "./whole-window.ts";

const latency = fc.double({ min: 0, max: 1e6, noNaN: true });
const counts = fc.nat(2000).chain((count) => fc.record({ count: fc.constant(count), failed: fc.nat(count) }));
const series = (values: number[]) => values.map((y, index) => ({ at: index * 5000, y }));
const ys = (minLength: number) => fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength, maxLength: 40 });

const blocks = (minLength: number) =>
  fc
    .array(fc.record({ counts, p50: latency, p90: latency, p99: latency, dropped: fc.nat(3) }), {
      minLength,
      maxLength: 12,
    })
    .map((list) =>
      list.map(
        ({ counts: { count, failed }, p50, p90, p99, dropped }, index): ComparisonBlock => ({
          start: index * 5000,
          end: (index + 1) * 5000,
          count,
          failed,
          dropped,
          p50: count ? p50 : undefined,
          p90: count ? p90 : undefined,
          p99: count ? p99 : undefined,
          sealedAt: (index + 1) * 5000 + 300,
        }),
      ),
    );

const sane = (value: number) => Number.isFinite(value) && value >= 0;

describe("evidence", () => {
  it("is a finite number of at least zero after every block, whatever the values", () => {
    fc.assert(
      fc.property(ys(0), ys(0), (baseline, window) => {
        const evidence = evidenceAfterEach(blockT(series(baseline)), series(window));
        expect(evidence).toHaveLength(window.length);
        expect(evidence.every(sane)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.array(counts), fc.array(counts), fc.constantFrom(5, 30, 60), (baseline, window, seconds) => {
        expect(evidenceAfterEach(errorEvidence(baseline, seconds), window).every(sane)).toBe(true);
      }),
    );
  });

  it("depends on how much slower, not on how slow", () => {
    fc.assert(
      fc.property(ys(4), ys(1), fc.double({ min: -5, max: 5, noNaN: true }), (baseline, window, by) => {
        const here = evidenceAfterEach(blockT(series(baseline)), series(window)).at(-1)!;
        const there = evidenceAfterEach(
          blockT(series(baseline.map((y) => y + by))),
          series(window.map((y) => y + by)),
        ).at(-1)!;
        // Below 1 the evidence jumps to 0 where the rise is zero up to rounding.
        expect(Math.log(Math.max(1, there))).toBeCloseTo(Math.log(Math.max(1, here)), 3);
      }),
    );
  });

  it("does not depend on when it is measured", () => {
    fc.assert(
      fc.property(ys(4), ys(1), fc.integer({ min: 0, max: 1e10 }), (baseline, window, by) => {
        const later = (values: number[]) => series(values).map(({ at, y }) => ({ at: at + by, y }));
        const there = evidenceAfterEach(blockT(later(baseline)), later(window)).at(-1)!;
        expect(there).toBeCloseTo(evidenceAfterEach(blockT(series(baseline)), series(window)).at(-1)!, 6);
      }),
    );
  });

  it("grows with the errors", () => {
    fc.assert(
      fc.property(fc.array(counts, { minLength: 4 }), counts, (baseline, { count, failed }) => {
        const of = (errors: number) => errorEvidence(baseline, 30).add({ count, failed: errors }).value;
        expect(of(Math.min(count, failed + 1))).toBeGreaterThanOrEqual(of(failed) * (1 - 1e-9));
      }),
    );
  });

  it("does not look ahead: what comes later changes nothing of what was known", () => {
    fc.assert(
      fc.property(ys(4), ys(2), (baseline, window) => {
        const evidence = (of: number[]) => evidenceAfterEach(blockT(series(baseline)), series(of));
        expect(evidence(window).slice(0, -1)).toEqual(evidence(window.slice(0, -1)));
      }),
    );
  });

  it("never fails to give an outcome, and the same one for any order of blocks", () => {
    fc.assert(
      fc.property(blocks(0), blocks(0), fc.nat(60_000), fc.nat(1000), (baseline, window, inEffectAt, seed) => {
        const found = compareLoad({ baseline, window, inEffectAt });
        expect(found.detail).toMatch(/\S/);
        expect(found.detail).not.toMatch(/NaN|undefined|Infinity/);
        const shuffled = (list: ComparisonBlock[]) =>
          list.toSorted((a, b) => ((a.start * 31 + seed) % 7919) - ((b.start * 31 + seed) % 7919));
        expect(compareLoad({ baseline: shuffled(baseline), window: shuffled(window), inEffectAt })).toEqual(found);
      }),
    );
  });
});

describe("a comparison block by block", () => {
  it("says after each block what the whole window up to it says, however often it was asked before", () => {
    fc.assert(
      fc.property(
        blocks(4),
        blocks(1),
        fc.nat(30_000),
        fc.infiniteStream(fc.boolean()),
        (baseline, window, at, asks) => {
          const comparison = new SequentialComparison({ baseline, inEffectAt: at });
          for (const [index, block] of window.entries()) {
            comparison.add(block);
            const asked = asks.next().value ? comparison.verdict() : undefined;
            const soFar = { baseline, inEffectAt: at, window: window.slice(0, index + 1) };
            if (asked) expect(asked).toEqual(compareLoad(soFar));
            expect(comparison.verdict(block.end + 5_000)).toEqual(compareLoad({ ...soFar, until: block.end + 5_000 }));
          }
        },
      ),
    );
  });

  it("has to the last bit the evidence that the whole window has", () => {
    fc.assert(
      fc.property(ys(0), ys(0), (baseline, window) => {
        expect(evidenceAfterEach(blockT(series(baseline)), series(window))).toEqual(
          wholeBlockT(series(baseline), series(window)),
        );
      }),
    );
    fc.assert(
      fc.property(fc.array(counts), fc.array(counts), fc.constantFrom(5, 30, 60), (baseline, window, seconds) => {
        expect(evidenceAfterEach(errorEvidence(baseline, seconds), window)).toEqual(
          wholeErrorEvidence(baseline, window, seconds),
        );
      }),
    );
  });
});
