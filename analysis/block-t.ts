import { studentQuantile } from "./distributions.ts";
import type { EProcess } from "./e-process.ts";
import type { LogLatency } from "./log-latency.ts";
import { type Noise, noiseOf } from "./noise.ts";

/**
 * The relative rise per hour since the middle of the baseline that is no fault. Without it 11 % of fault-free windows
 * with a drift of 5 % an hour gave an alarm; with 10 % half of the faults that alarms cannot see went unnoticed.
 */
export const DRIFT_PER_HOUR = 0.05;

/** Variances τ² of the effect (in baseline standard deviations) over which the evidence is averaged. */
const EFFECT_VARIANCES = [0.25, 1, 4, 16];

const HOUR_MS = 3_600_000;

/**
 * Evidence that a latency percentile is higher in a window than in the baseline, after each block of the window. While
 * nothing is wrong, the chance that it ever reaches 1/a is at most about a, however often one looks.
 *
 * It is the mixture of two-sample t-statistics over Gaussian effect sizes (Robbins and Lai; Wang and Ramdas, "Anytime-
 * valid t-tests and confidence sequences", 2023) on the logarithms of the blocks' percentiles, counted only upwards.
 * The two-sample form carries the uncertainty of the baseline itself. Dividing the number of blocks by the baseline's
 * {@link noiseOf inflation} is quasi-likelihood, not a theorem: Monte Carlo in the tests is what speaks for it.
 */
export function blockT(baseline: readonly LogLatency[]): EProcess<LogLatency> {
  if (baseline.length < 2) return SILENT;
  const noise = noiseOf(baseline.map(({ y }) => y));
  const middle = (baseline[0]!.at + baseline.at(-1)!.at) / 2;
  return after({ n: 0, sum: 0, squares: 0 }, { noise, middle, highest: noise.mean + clipAt(noise.n) * noise.sd });
}

/** Nothing can be compared with a baseline that is no more than one block. */
const SILENT: EProcess<LogLatency> = { value: 1, add: () => SILENT };

interface Baseline {
  readonly noise: Noise;
  /** Unix milliseconds. */
  readonly middle: number;
  /** Where a block is clipped. */
  readonly highest: number;
}

/** Rises above the baseline's mean, over the blocks of the window so far. */
interface Rises {
  readonly n: number;
  readonly sum: number;
  readonly squares: number;
}

const after = (rises: Rises, baseline: Baseline): EProcess<LogLatency> => ({
  value: rises.n === 0 ? 1 : evidenceOf(rises, baseline.noise),
  add({ at, y }) {
    const allowed = (Math.log1p(DRIFT_PER_HOUR) * Math.max(0, at - baseline.middle)) / HOUR_MS;
    const rise = Math.min(y - allowed, baseline.highest) - baseline.noise.mean;
    return after({ n: rises.n + 1, sum: rises.sum + rise, squares: rises.squares + rise ** 2 }, baseline);
  },
});

function evidenceOf({ n: n1, sum, squares }: Rises, { n: n0, sd: sd0, inflation }: Noise): number {
  const freedom = n0 + n1 - 2;
  const within = Math.max(0, squares - sum ** 2 / n1);
  const sd = Math.sqrt(((n0 - 1) * sd0 ** 2 + within) / freedom);
  const effective = (n0 * n1) / ((n0 + n1) * inflation);
  return tMixture((sum / n1 / sd) * Math.sqrt(effective), effective, freedom);
}

/**
 * Baseline standard deviations above the mean at which a block is clipped: one cold start must not decide. Three for a
 * long baseline; for a short one as many as are equally unlikely there (a prediction limit), or a fault of any size
 * would stay within what six blocks of a rehearsal leave possible.
 */
function clipAt(n0: number): number {
  return Math.min(studentQuantile(0.99865, n0 - 1) * Math.sqrt(1 + 1 / n0), 6);
}

function tMixture(t: number, effective: number, freedom: number): number {
  if (t <= 0) return 0;
  const terms = EFFECT_VARIANCES.map((variance) => {
    const g = 1 + effective * variance;
    const gain = Math.log1p(t ** 2 / freedom) - Math.log1p(t ** 2 / (freedom * g));
    // Beyond e^690 it stays a finite number.
    return Math.exp(Math.min(690, ((freedom + 1) / 2) * gain - Math.log(g) / 2));
  });
  return terms.reduce((sum, term) => sum + term, 0) / terms.length;
}
