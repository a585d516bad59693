import { studentQuantile } from "./distributions.ts";
import { errorRate } from "./error-rate.ts";
import { FEWEST_BASELINE_BLOCKS } from "./load-comparison.ts";
import { inOrder, type LogLatency, logLatencies, type Percentile } from "./log-latency.ts";
import { autocorrelation, meanOf, noiseOf } from "./noise.ts";
import type { ComparisonBlock, MissingBlock } from "./series.ts";
import { errorsText, percentText } from "./wording.ts";

/** What makes a baseline useless. Each is far outside what a busy laptop does to a base latency of 3 ms. */
export const STEADINESS_LIMITS = {
  /** Share of planned requests that k6 did not start: beyond it the load was not the one that was asked for. */
  dropped: 0.01,
  /** By how much the number of requests may differ from rate × time. */
  arrivals: 0.05,
  /** Share of requests that failed with no fault at all. */
  errors: 0.05,
  /**
   * Rise or fall of p50 or p90 from the first to the last block along a straight line. Beyond it the system was still
   * warming up, filling up or cooling down; within it the comparison's own caution is enough. It counts only when it
   * cannot be chance (one in a thousand).
   */
  drift: 0.25,
} as const;

/** What makes a baseline poor: comparisons still hold, but find less or are less sure. Said, never refused. */
const WARNINGS = {
  /** Standard deviation of the logarithm of p50 or p90 from block to block: a third up or down. */
  sd: 0.3,
  /** Seconds over which blocks resemble each other: corrections reach over two blocks only. */
  correlationSeconds: 90,
} as const;

export interface BaselineLoad {
  /** Planned arrival rate over all shards, requests a second. */
  readonly rate: number;
  /** Blocks that shards have not delivered. */
  readonly missing: readonly MissingBlock[];
}

export interface Steadiness {
  readonly steady: boolean;
  /** Why the baseline is not steady; empty when it is. */
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
}

/** Whether the baseline is fit to be compared with. */
export function judgeSteadiness(blocks: readonly ComparisonBlock[], load: BaselineLoad): Steadiness {
  const baseline = inOrder(blocks);
  const reasons = [
    tooFew(baseline),
    missing(load),
    ...(baseline.length === 0 ? [] : [arrivals(baseline, load), dropped(baseline, load), errors(baseline)]),
    drift(baseline, "p50") ?? drift(baseline, "p90"),
  ].filter((reason) => reason !== undefined);
  const warnings = [restless(baseline, "p50") ?? restless(baseline, "p90"), correlated(baseline)].filter(
    (warning) => warning !== undefined,
  );
  return { steady: reasons.length === 0, reasons, warnings };
}

function tooFew(baseline: readonly ComparisonBlock[]): string | undefined {
  if (baseline.length >= FEWEST_BASELINE_BLOCKS) return undefined;
  return `expected at least ${FEWEST_BASELINE_BLOCKS} complete blocks of load, found ${baseline.length}: make the baseline longer`;
}

function missing({ missing: lacking }: BaselineLoad): string | undefined {
  if (lacking.length === 0) return undefined;
  const shards = [...new Set(lacking.map(({ shard }) => shard))].sort((a, b) => a - b).join(", ");
  return `${lacking.length} blocks of load are missing (shard ${shards}): the load did not run as planned`;
}

function arrivals(baseline: readonly ComparisonBlock[], { rate }: BaselineLoad): string | undefined {
  const planned = plannedRequests(baseline, rate);
  const found = sum(baseline.map(({ count }) => count));
  // One request more or less is what a constant arrival rate gives.
  if (Math.abs(found - planned) <= Math.max(1, planned * STEADINESS_LIMITS.arrivals)) return undefined;
  return `expected ${planned.toFixed(0)} requests at ${rate} a second, found ${found}: the arrival rate was not kept`;
}

function dropped(baseline: readonly ComparisonBlock[], { rate }: BaselineLoad): string | undefined {
  const count = sum(baseline.map((block) => block.dropped));
  if (count <= plannedRequests(baseline, rate) * STEADINESS_LIMITS.dropped) return undefined;
  return `k6 could not start ${count} iterations in time: lower the rate or give the load more room`;
}

function errors(baseline: readonly ComparisonBlock[]): string | undefined {
  const rate = errorRate(baseline);
  if (rate <= STEADINESS_LIMITS.errors) return undefined;
  return `${errorsText(rate)} of the requests failed with no fault in place (limit ${errorsText(STEADINESS_LIMITS.errors)})`;
}

function drift(baseline: readonly ComparisonBlock[], percentile: Percentile): string | undefined {
  const values = logLatencies(baseline, percentile);
  if (values.length < FEWEST_BASELINE_BLOCKS) return undefined;
  const { total, standardError, freedom } = straightLine(values);
  const byChance = studentQuantile(0.9995, freedom) * standardError;
  const limit = Math.log1p(STEADINESS_LIMITS.drift);
  if (Math.abs(total) <= Math.max(limit, byChance)) return undefined;
  const direction = total > 0 ? "rose" : "fell";
  return `${percentile} ${direction} by ${percentText(Math.abs(Math.expm1(total)))} over the baseline: warm up longer`;
}

/** Ordinary least squares over time; the total is the line's rise from the first block to the last. */
function straightLine(values: readonly LogLatency[]): { total: number; standardError: number; freedom: number } {
  const [at, y] = [meanOf(values.map((value) => value.at)), meanOf(values.map((value) => value.y))];
  const spread = sum(values.map((value) => (value.at - at) ** 2));
  const slope = sum(values.map((value) => (value.at - at) * (value.y - y))) / spread;
  const residuals = values.map((value) => value.y - y - slope * (value.at - at));
  const freedom = values.length - 2;
  const { inflation } = noiseOf(residuals);
  const variance = (sum(residuals.map((residual) => residual ** 2)) / freedom / spread) * inflation;
  const span = values.at(-1)!.at - values[0]!.at;
  return { total: slope * span, standardError: Math.sqrt(variance) * span, freedom };
}

function restless(baseline: readonly ComparisonBlock[], percentile: Percentile): string | undefined {
  const values = logLatencies(baseline, percentile).map(({ y }) => y);
  if (values.length < FEWEST_BASELINE_BLOCKS) return undefined;
  const { sd } = noiseOf(values);
  if (sd <= WARNINGS.sd) return undefined;
  return `${percentile} varies by ${percentText(Math.expm1(sd))} from block to block: only large changes can be found`;
}

function correlated(baseline: readonly ComparisonBlock[]): string | undefined {
  const values = logLatencies(baseline, "p50").map(({ y }) => y);
  const blockSeconds = baseline.length > 0 ? (baseline[0]!.end - baseline[0]!.start) / 1000 : 1;
  const lag = Math.max(2, Math.ceil(WARNINGS.correlationSeconds / blockSeconds));
  // A correlation at this lag needs many times the lag to be seen, and twice its standard error to be believed.
  if (values.length < 5 * lag) return undefined;
  if (autocorrelation(values, lag) < Math.max(Math.exp(-1), 2 / Math.sqrt(values.length))) return undefined;
  return `latency wanders over ${lag * blockSeconds} s and more: a detection may be such a wander, and a longer baseline would help`;
}

const plannedRequests = (baseline: readonly ComparisonBlock[], rate: number) =>
  rate * sum(baseline.map(({ start, end }) => (end - start) / 1000));
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
