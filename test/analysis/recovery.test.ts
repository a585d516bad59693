import { describe, expect, it } from "vitest";
import { judgeRecovery, type RecoveryInput } from "../../analysis/recovery.ts";
import { type Fault, generate, QUIET, type World } from "./generator.ts";

const LAPTOP: World = { ...QUIET, baseMs: 3, spread: 0.4, rate: 40, errorRate: 0, levelSd: 0.1, levelRho: 0.3 };
const AWS: World = { ...QUIET, levelSd: 0.05, levelRho: 0.5 };
const SLOW_THIRD: Fault = { share: 0.3, addMs: 250 };

function recover(
  world: World,
  blocks: (Fault | undefined)[],
  {
    seed = 1,
    blockSeconds = 5,
    n0 = 7,
    ...rest
  }: Partial<RecoveryInput> & { seed?: number; blockSeconds?: number; n0?: number } = {},
) {
  const intervals = [{ blocks: n0 }, ...blocks.map((fault) => ({ blocks: 1, ...(fault && { fault }) }))];
  const [baseline, ...recovery] = generate(world, seed, { blockSeconds, intervals });
  const flat = recovery.flat();
  return judgeRecovery({
    baseline: baseline!,
    recovery: flat,
    undoneAt: n0 * blockSeconds * 1000,
    margin: 0.25,
    withinSeconds: 600,
    ...rest,
  });
}

const share = (runs: number, holds: (seed: number) => boolean) =>
  Array.from({ length: runs }, (_, seed) => holds(seed + 1)).filter(Boolean).length / runs;

describe("judgeRecovery", () => {
  it("sees a recovery in three good blocks of a rehearsal", () => {
    expect(recover(LAPTOP, [undefined, undefined, undefined])).toMatchObject({
      recovered: true,
      settled: true,
      secondsToRecover: 0,
      detail: expect.stringMatching(/^as good as the baseline from 0 s after the undo: p50 within \d+ %/),
    });
  });

  it("sees it in nearly every rehearsal that recovers, at the latest when time is up", () => {
    const good = [undefined, undefined, undefined, undefined];
    expect(share(300, (seed) => recover(LAPTOP, good, { seed, complete: true }).recovered)).toBeGreaterThan(0.97);
  });

  it("counts a cold start after the undo as not yet recovered", () => {
    const found = recover(LAPTOP, [SLOW_THIRD, undefined, undefined, undefined]);
    expect(found).toMatchObject({ recovered: true, secondsToRecover: 5 });
  });

  it("does not let one pause of two requests in two hundred decide", () => {
    const pause: Fault = { share: 0.02, addMs: 30 };
    expect(recover(LAPTOP, [undefined, undefined, pause], { complete: true })).toMatchObject({
      recovered: true,
      detail: expect.stringContaining("p99 not judged: too few requests a block"),
    });
  });

  it("does not let a long good interval make up for a slow beginning", () => {
    const blocks = [SLOW_THIRD, SLOW_THIRD, ...Array.from({ length: 20 }, () => undefined)];
    expect(recover(AWS, blocks, { blockSeconds: 30, n0: 40 })).toMatchObject({ recovered: true, secondsToRecover: 60 });
  });

  it.each<[string, Fault, RegExp]>([
    ["slow", SLOW_THIRD, /not recovered: .*p90 may be up to [\d.]+ % above the baseline/],
    ["failing", { errors: 0.05 }, /not recovered: the error rate may be up to .* \(baseline 0 %, margin 2 points\)/],
  ])("does not see one in a system that is still %s", (_, fault, detail) => {
    const blocks = [fault, fault, fault, fault];
    expect(recover(LAPTOP, blocks)).toMatchObject({ recovered: false, settled: false });
    const over = recover(LAPTOP, blocks, { complete: true });
    expect(over).toMatchObject({ recovered: false, settled: true });
    expect(over.detail).toMatch(detail);
  });

  it("hardly ever takes a system for recovered that is still half slower", () => {
    const still = Array.from({ length: 6 }, () => ({ slower: 1.5 }));
    const wrong = share(
      200,
      (seed) => recover(AWS, still, { seed, blockSeconds: 30, n0: 20, complete: true }).recovered,
    );
    expect(wrong).toBeLessThanOrEqual(0.01);
  });

  it("waits for a third block while more will come", () => {
    expect(recover(LAPTOP, [undefined, undefined])).toMatchObject({ recovered: true, settled: false });
    expect(recover(LAPTOP, [undefined])).toMatchObject({ recovered: false, settled: false });
  });

  it("does not count a recovery that came too late", () => {
    const found = recover(LAPTOP, [SLOW_THIRD, SLOW_THIRD, SLOW_THIRD, undefined, undefined, undefined], {
      withinSeconds: 10,
    });
    expect(found).toMatchObject({
      recovered: false,
      settled: true,
      detail: "not recovered: it took 15 s, longer than 10 s",
    });
  });

  it("is over when the time is, without being told", () => {
    expect(recover(LAPTOP, [SLOW_THIRD, SLOW_THIRD, SLOW_THIRD], { withinSeconds: 15 }).settled).toBe(true);
  });

  it("does not take silence for health", () => {
    expect(recover(LAPTOP, [], { complete: true })).toMatchObject({ recovered: false, settled: true });
    expect(recover(LAPTOP, [undefined, undefined], { baseline: [] })).toMatchObject({ recovered: false });
  });
});
