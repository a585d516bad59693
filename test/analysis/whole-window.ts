import { DRIFT_PER_HOUR } from "../../analysis/block-t.ts";
import { betaQuantile, studentQuantile } from "../../analysis/distributions.ts";
import { dispersionOf } from "../../analysis/error-rate.ts";
import type { LogLatency } from "../../analysis/log-latency.ts";
import { noiseOf } from "../../analysis/noise.ts";

/** The evidence of a whole window at once, as a formula over all its blocks: what the folds are compared with. */

export function wholeBlockT(baseline: readonly LogLatency[], window: readonly LogLatency[]): number[] {
  if (baseline.length < 2) return window.map(() => 1);
  const { n: n0, mean, sd: sd0, inflation } = noiseOf(baseline.map(({ y }) => y));
  const middle = (baseline[0]!.at + baseline.at(-1)!.at) / 2;
  const clip = Math.min(studentQuantile(0.99865, n0 - 1) * Math.sqrt(1 + 1 / n0), 6);
  const rises = window.map(({ at, y }) => {
    const allowed = (Math.log1p(DRIFT_PER_HOUR) * Math.max(0, at - middle)) / 3_600_000;
    return Math.min(y - allowed, mean + clip * sd0) - mean;
  });
  return rises.map((_, index) => {
    const n1 = index + 1;
    const sum = rises.slice(0, n1).reduce((total, rise) => total + rise, 0);
    const squares = rises.slice(0, n1).reduce((total, rise) => total + rise ** 2, 0);
    const freedom = n0 + n1 - 2;
    const sd = Math.sqrt(((n0 - 1) * sd0 ** 2 + Math.max(0, squares - sum ** 2 / n1)) / freedom);
    const effective = (n0 * n1) / ((n0 + n1) * inflation);
    const t = (sum / n1 / sd) * Math.sqrt(effective);
    if (t <= 0) return 0;
    const terms = [0.25, 1, 4, 16].map((variance) => {
      const g = 1 + effective * variance;
      const gain = Math.log1p(t ** 2 / freedom) - Math.log1p(t ** 2 / (freedom * g));
      return Math.exp(Math.min(690, ((freedom + 1) / 2) * gain - Math.log(g) / 2));
    });
    return terms.reduce((total, term) => total + term, 0) / terms.length;
  });
}

type Errors = { readonly count: number; readonly failed: number };

export function wholeErrorEvidence(baseline: readonly Errors[], window: readonly Errors[], seconds: number): number[] {
  const dispersion = dispersionOf(baseline, seconds);
  const count = baseline.reduce((sum, block) => sum + block.count, 0);
  const failed = baseline.reduce((sum, block) => sum + block.failed, 0);
  const upper = failed >= count ? 1 : betaQuantile(0.98, failed / dispersion + 1, (count - failed) / dispersion);
  const limit = Math.min(upper, 1 - 1e-9);
  const odds = limit / (1 - limit);
  const cap = seconds >= 30 ? Math.log(4) * (seconds / 30) : Math.log(16);
  const shifts = Array.from({ length: 10 }, (_, index) => 0.1 + (index * 2.9) / 9);
  return window.map((_, last) => {
    const likelihoods = shifts.map((shift) => {
      const raised = (odds * Math.exp(shift)) / (1 + odds * Math.exp(shift));
      const [ofFailed, ofOk] = [Math.log(raised / limit), Math.log((1 - raised) / (1 - limit))];
      const log = window.slice(0, last + 1).reduce((sum, block) => {
        const increment = (block.failed * ofFailed + (block.count - block.failed) * ofOk) / dispersion;
        return Math.min(690, sum + Math.min(increment, cap));
      }, 0);
      return Math.exp(log);
    });
    return likelihoods.reduce((sum, likelihood) => sum + likelihood, 0) / likelihoods.length;
  });
}
