import { studentQuantile } from "./distributions.ts";
import { dispersionOf, errorLimit, errorRate } from "./error-rate.ts";
import { inOrder, logLatencies, logLatency, PERCENTILES, type Percentile } from "./log-latency.ts";
import { meanOf, type Noise, noiseOf } from "./noise.ts";
import type { ComparisonBlock } from "./series.ts";
import { errorsText, listText, percentText } from "./wording.ts";

/** One-sided confidence of every limit here. */
const CONFIDENCE = 0.95;

/** Points by which more requests may fail than in the baseline. To show it with no error at all takes 150 requests. */
const ERROR_MARGIN = 0.02;

/** An interval this short can be judged once no more data will come; while it will, one block more is waited for. */
const FEWEST_BLOCKS = 2;

/**
 * Requests a block and baseline noise with which p99 is judged too. Ten requests have to be in the top percent: with 200 a
 * block it is two, and one pause of the garbage collector decides. Slowness in more than a tenth shows in p90 anyway.
 */
const P99_REQUESTS = 1000;
const P99_SD = 0.3;

/** Three times the baseline: a system that is slower than that has not recovered, whatever the noise. In logarithms. */
const WIDEST_MARGIN = Math.log(3);

export interface RecoveryInput {
  readonly baseline: readonly ComparisonBlock[];
  readonly recovery: readonly ComparisonBlock[];
  /** Unix milliseconds at which the undo was in effect; blocks that begin earlier are left out. */
  readonly undoneAt: number;
  /** How much slower than the baseline still counts as recovered: 0.25 is a quarter. */
  readonly margin: number;
  /** How long after the undo the system has to be as good as its baseline. */
  readonly withinSeconds: number;
  /** No more blocks will come. */
  readonly complete?: boolean;
}

export interface Recovery {
  readonly recovered: boolean;
  /** Unix milliseconds: the start of the earliest interval from which on everything was as good as the baseline. */
  readonly recoveredAt?: number;
  readonly secondsToRecover?: number;
  readonly detail: string;
  /** Whether more data would change nothing. */
  readonly settled: boolean;
}

/**
 * Whether the system is as good as before: a non-inferiority test. It is not enough that no difference is seen (a short
 * recovery would pass that best); the upper confidence limit of each difference has to be below the margin. The burden
 * of proof is on the recovery.
 *
 * Slow blocks right after the undo (cold starts) do not spoil it: they are before the recovery. The time to recover is
 * that to the start of the earliest interval that reaches to the last block and passes as a whole.
 */
export function judgeRecovery(input: RecoveryInput): Recovery {
  const baseline = inOrder(input.baseline);
  const recovery = inOrder(input.recovery.filter(({ start }) => start >= input.undoneAt));
  const last = recovery.at(-1);
  const deadline = input.undoneAt + input.withinSeconds * 1000;
  const over = input.complete === true || (last !== undefined && last.end + lengthOf(last) > deadline);

  const limits = limitsOf(baseline, input.margin);
  if (limits.length === 0) return unsettled("there is no baseline to recover to", over);
  if (recovery.length < FEWEST_BLOCKS) return unsettled(`too few blocks since the undo yet (${recovery.length})`, over);

  const intervals = recovery.slice(0, -FEWEST_BLOCKS + 1).map((_, first) => recovery.slice(first));
  const good = intervals.find((interval) => shortcomings(baseline, interval, limits).length === 0);
  if (!good) {
    return unsettled(shortcomings(baseline, intervals.at(-1)!, limits).join("; "), over);
  }
  const recoveredAt = good[0]!.start;
  const secondsToRecover = (recoveredAt - input.undoneAt) / 1000;
  if (recoveredAt > deadline) {
    return unsettled(`it took ${secondsToRecover.toFixed(0)} s, longer than ${input.withinSeconds} s`, true);
  }
  const settled = over || good.length > FEWEST_BLOCKS;
  const detail = `as good as the baseline from ${secondsToRecover.toFixed(0)} s after the undo: ${wordingOf(limits, baseline, good)}`;
  return { recovered: true, recoveredAt, secondsToRecover, detail, settled };
}

/** How far one percentile may be above the baseline. */
interface Limit {
  readonly percentile: Percentile;
  readonly before: Noise;
  /** The margin that was asked for, in logarithms. */
  readonly asked: number;
}

function limitsOf(baseline: readonly ComparisonBlock[], margin: number): Limit[] {
  return PERCENTILES.flatMap((percentile) => {
    const values = logLatencies(baseline, percentile).map(({ y }) => y);
    if (values.length < 2) return [];
    const before = noiseOf(values);
    const judged =
      percentile !== "p99" || (before.sd <= P99_SD && baseline.every(({ count }) => count >= P99_REQUESTS));
    return judged ? [{ percentile, before, asked: Math.log1p(margin) }] : [];
  });
}

/**
 * A few blocks cannot prove a margin that is small beside what the baseline moves by from one block to the next: a
 * system that is as good as ever would fail. So the margin is at least what such a system passes with nearly always
 * (the limit's own width and two standard errors), but never more than {@link WIDEST_MARGIN}.
 */
function marginOf({ before, asked }: Limit, blocks: number): number {
  const error = standardError(before, before.sd, blocks);
  const provable = (studentQuantile(CONFIDENCE, before.n + blocks - 2) + 2) * error;
  return Math.max(asked, Math.min(provable, WIDEST_MARGIN));
}

const standardError = ({ n, inflation }: Noise, sd: number, blocks: number) =>
  sd * Math.sqrt(inflation * (1 / n + 1 / blocks));

/** In what the interval is not shown to be as good as the baseline; empty when it is in everything. */
function shortcomings(
  baseline: readonly ComparisonBlock[],
  interval: readonly ComparisonBlock[],
  limits: readonly Limit[],
): string[] {
  return [
    ...limits.map((limit) => slower(interval, limit)),
    moreErrors(baseline, interval),
    lessLoad(baseline, interval),
  ].filter((text) => text !== undefined);
}

function slower(interval: readonly ComparisonBlock[], limit: Limit): string | undefined {
  const { percentile, before } = limit;
  const after = logLatencies(interval, percentile).map(({ y }) => y);
  const first = logLatency(interval[0]!, percentile);
  if (after.length < FEWEST_BLOCKS || !first) return `${percentile} cannot be compared: too few requests a block`;
  const freedom = before.n + after.length - 2;
  const mean = meanOf(after);
  const within = after.reduce((sum, y) => sum + (y - mean) ** 2, 0);
  const sd = Math.sqrt(((before.n - 1) * before.sd ** 2 + within) / freedom);
  const margin = marginOf(limit, after.length);
  const upper = mean - before.mean + studentQuantile(CONFIDENCE, freedom) * standardError(before, sd, after.length);
  if (upper >= margin) {
    return `${percentile} may be up to ${percentText(Math.expm1(upper))} above the baseline (margin ${percentText(Math.expm1(margin))})`;
  }
  // A long good interval must not make up for the slow block that it begins with.
  if (first.y > before.mean + Math.max(margin, 3 * before.sd)) return `${percentile} was still high at first`;
  return undefined;
}

function moreErrors(baseline: readonly ComparisonBlock[], interval: readonly ComparisonBlock[]): string | undefined {
  const before = errorRate(baseline);
  const dispersion = dispersionOf(baseline, lengthOf(baseline[0]!) / 1000);
  const upper = errorLimit(interval, dispersion, CONFIDENCE);
  const first = errorRate(interval.slice(0, 1));
  const worst = before + ERROR_MARGIN;
  if (upper >= worst) {
    return `the error rate may be up to ${errorsText(upper)} (baseline ${errorsText(before)}, margin ${ERROR_MARGIN * 100} points)`;
  }
  return first >= 2 * worst ? "requests were still failing at first" : undefined;
}

function lessLoad(baseline: readonly ComparisonBlock[], interval: readonly ComparisonBlock[]): string | undefined {
  const usual = meanOf(baseline.map(({ count }) => count));
  const now = meanOf(interval.map(({ count }) => count));
  return now < usual / 2 ? "less than half of the baseline's load arrived" : undefined;
}

const lengthOf = ({ start, end }: ComparisonBlock) => end - start;

function unsettled(why: string, over: boolean): Recovery {
  return { recovered: false, settled: over, detail: over ? `not recovered: ${why}` : `not yet recovered: ${why}` };
}

function wordingOf(
  limits: readonly Limit[],
  baseline: readonly ComparisonBlock[],
  interval: readonly ComparisonBlock[],
): string {
  const within = limits.map((limit) => {
    const margin = marginOf(limit, interval.length);
    const why =
      margin > limit.asked ? ` (not ${percentText(Math.expm1(limit.asked))}: the baseline is too restless)` : "";
    return `${limit.percentile} within ${percentText(Math.expm1(margin))}${why}`;
  });
  const left = limits.some(({ percentile }) => percentile === "p99")
    ? ""
    : " (p99 not judged: too few requests a block)";
  return `${listText(within)}${left}, errors ${errorsText(errorRate(interval))} (baseline ${errorsText(errorRate(baseline))})`;
}
