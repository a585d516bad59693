import { describe, expect, it } from "vitest";
import { compareLoad } from "../../analysis/load-comparison.ts";
import type { ComparisonBlock } from "../../analysis/series.ts";
import { type Fault, generate, QUIET, type World } from "./generator.ts";

const LAPTOP: World = { ...QUIET, baseMs: 3, spread: 0.4, rate: 40, errorRate: 0, levelSd: 0.1, levelRho: 0.5 };
const SLOW_THIRD: Fault = { share: 0.3, addMs: 250 };

function rehearse(fault?: Fault, { world = LAPTOP, seed = 1, n0 = 7, n1 = 5 } = {}) {
  const intervals = [{ blocks: n0 }, { blocks: n1, ...(fault && { fault }) }];
  const [baseline, window] = generate(world, seed, { blockSeconds: 5, intervals });
  return { baseline: baseline!, window: window!, inEffectAt: window![0]!.start };
}

describe("compareLoad", () => {
  it("finds 250 ms in a third of the requests within three blocks of a rehearsal", () => {
    const input = rehearse(SLOW_THIRD);
    const found = compareLoad(input);
    expect(found).toMatchObject({ outcome: "detected", by: expect.stringMatching(/latency p9[09]/) });
    if (found.outcome !== "detected") return;
    expect(found.detectedAt - input.inEffectAt).toBeLessThanOrEqual(18_000);
    expect(found.detail).toMatch(
      /^p9[09] \d(\.\d)? ms → 2\d\d ms(, p\d\d [\d.]+ ms → \d+ ms)*; evidence \d+ \(alarm at 100\)$/,
    );
  });

  it("finds errors", () => {
    const found = compareLoad(rehearse({ errors: 0.1 }));
    expect(found).toMatchObject({ outcome: "detected", by: "errors" });
    expect(found.detail).toMatch(/^errors 0 % → (1\d|[89](\.\d)?) %; evidence/);
  });

  it("says what it would have found when it finds nothing", () => {
    const found = compareLoad(rehearse());
    expect(found.outcome).toBe("not-detected");
    expect(found.detail).toMatch(
      /a p50 rise of \d+ %, a p90 rise of .*or an error rate of [\d.]+ % would have been found$/,
    );
  });

  it("finds what it said it would have found", () => {
    const input = rehearse();
    const rise = Number(/a p50 rise of (\d+) %/.exec(compareLoad(input).detail)![1]) / 100;
    const raised = (factor: number) => input.window.map((block) => ({ ...block, p50: block.p50! * factor }));
    const outcome = (factor: number) => compareLoad({ ...input, window: raised(factor) }).outcome;
    expect(outcome(1 + rise * 1.3)).toBe("detected");
    expect(outcome(1 + rise * 0.5)).toBe("not-detected");
  });

  it("dates a detection by the block that was on hand last", () => {
    const input = rehearse(SLOW_THIRD);
    const late = input.window.map((block, index) => (index === 0 ? { ...block, sealedAt: block.end + 60_000 } : block));
    const found = compareLoad({ ...input, window: late });
    expect(found).toMatchObject({ detectedAt: late[0]!.sealedAt });
  });

  it("leaves out blocks that begin before the fault was in effect", () => {
    const input = rehearse(SLOW_THIRD);
    const evidence = (inEffectAt: number) => compareLoad({ ...input, inEffectAt }).evidence.length;
    expect(evidence(input.inEffectAt)).toBe(5);
    expect(evidence(input.inEffectAt + 1)).toBe(4);
  });

  it("does not mind in which order the blocks come", () => {
    const input = rehearse(SLOW_THIRD);
    const reversed = { ...input, baseline: input.baseline.toReversed(), window: input.window.toReversed() };
    expect(compareLoad(reversed)).toEqual(compareLoad(input));
  });

  it("stays with an alarm while more blocks come", () => {
    const input = rehearse(SLOW_THIRD, { n1: 12 });
    const early = compareLoad({ ...input, window: input.window.slice(0, 4) });
    const later = compareLoad(input);
    expect(early).toMatchObject({ outcome: "detected" });
    expect(later).toMatchObject({ outcome: "detected", detail: early.detail });
  });
});

describe("compareLoad could not tell", () => {
  const input = rehearse();
  it.each<[string, Partial<typeof input> & { until?: number }, RegExp]>([
    ["of a baseline of three blocks", { baseline: input.baseline.slice(0, 3) }, /3 complete blocks; at least 4/],
    ["of an empty window", { window: [] }, /no complete block of load while the fault/],
    ["of a window that is too short for any effect", { window: input.window.slice(0, 1) }, /no change of any size/],
    ["with a hole in the window", { window: input.window.toSpliced(2, 1) }, /1 of the window's 5 blocks are missing/],
    ["with a hole in the baseline", { baseline: input.baseline.toSpliced(2, 2) }, /2 of the baseline's 7 blocks/],
    ["when the load stopped early", { until: input.window.at(-1)!.end + 10_000 }, /2 of the window's 7 blocks/],
    ["of a handful of requests", { baseline: thin(input.baseline, 4) }, /a block has 4 requests; at least 5/],
    ["when the load fell away", { window: thin(input.window, 70) }, /less than half of the baseline's 200 requests/],
  ])("%s", (_, change, detail) => {
    const found = compareLoad({ ...input, ...change });
    expect(found.outcome).toBe("could-not-tell");
    expect(found.detail).toMatch(detail);
  });

  it("but leaves out only p99 when a block has too few requests for it", () => {
    const found = compareLoad({ ...input, baseline: thin(input.baseline, 15), window: thin(input.window, 15) });
    expect(found.outcome).toBe("not-detected");
    expect(found.detail).toMatch(/p99 not compared: too few requests a block$/);
  });

  it("but a hole does not take back what was found", () => {
    const slow = rehearse(SLOW_THIRD);
    expect(compareLoad({ ...slow, window: slow.window.toSpliced(1, 1) }).outcome).toBe("detected");
  });
});

function thin(blocks: readonly ComparisonBlock[], count: number): ComparisonBlock[] {
  return blocks.map((block) => ({ ...block, count, failed: 0 }));
}
