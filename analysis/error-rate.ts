import { betaQuantile } from "./distributions.ts";
import type { EProcess } from "./e-process.ts";
import type { ComparisonBlock } from "./series.ts";

type Errors = Pick<ComparisonBlock, "count" | "failed">;

/** Rises of the log-odds of an error, from hardly more to twenty times as many, over which the evidence is averaged. */
const SHIFTS = Array.from({ length: 10 }, (_, index) => 0.1 + (index * 2.9) / 9);

/** How sure the upper limit of the baseline's error rate is. */
const LIMIT_LEVEL = 0.98;

/** Dispersion is measured over batches of up to this many seconds, of which there must be at least eight. */
const LONGEST_BATCH_SECONDS = 120;
const FEWEST_BATCHES = 8;

/**
 * Evidence that more requests fail in the window than in the baseline, after each block of the window. It is
 * the mean over {@link SHIFTS} of the likelihood ratio against the upper limit of the baseline's error rate, so that the
 * baseline's own uncertainty is paid for (all but two percent of it).
 *
 * Errors come in bunches. The baseline's overdispersion D divides each block's log-likelihood ratio, and no block adds
 * more than {@link evidenceCap}: a single bad half minute is not a fault.
 */
export function errorEvidence(baseline: readonly Errors[], seconds: number): EProcess<Errors> {
  const dispersion = dispersionOf(baseline, seconds);
  const limit = Math.min(errorLimit(baseline, dispersion), 1 - 1e-9);
  const odds = limit / (1 - limit);
  const cap = evidenceCap(seconds);
  const ratios = SHIFTS.map((shift) => {
    const raised = (odds * Math.exp(shift)) / (1 + odds * Math.exp(shift));
    return { failed: Math.log(raised / limit), ok: Math.log((1 - raised) / (1 - limit)) };
  });
  const after = (sums: readonly number[]): EProcess<Errors> => ({
    value: sums.reduce((total, sum) => total + Math.exp(sum), 0) / sums.length,
    add: ({ count, failed }) =>
      after(
        ratios.map((ratio, index) => {
          const increment = (failed * ratio.failed + (count - failed) * ratio.ok) / dispersion;
          return Math.min(690, sums[index]! + Math.min(increment, cap));
        }),
      ),
  });
  return after(ratios.map(() => 0));
}

/** Upper confidence limit of the error rate (Clopper and Pearson), with counts that are worth less by the dispersion. */
export function errorLimit(blocks: readonly Errors[], dispersion = 1, level = LIMIT_LEVEL): number {
  const { count, failed } = totalOf(blocks);
  if (failed >= count) return 1;
  return betaQuantile(level, failed / dispersion + 1, (count - failed) / dispersion);
}

/**
 * By what factor the errors vary more than independent ones would: the largest Pearson dispersion over batches of up to
 * two minutes; 1 when there are too few batches to tell, which in a rehearsal is always.
 */
export function dispersionOf(blocks: readonly Errors[], seconds: number): number {
  const { count, failed } = totalOf(blocks);
  if (failed === 0 || failed === count) return 1;
  const rate = failed / count;
  let largest = 1;
  for (let size = 1; size === 1 || size * seconds <= LONGEST_BATCH_SECONDS; size++) {
    const batches = Math.floor(blocks.length / size);
    if (batches < FEWEST_BATCHES) break;
    let pearson = 0;
    for (let batch = 0; batch < batches; batch++) {
      const total = totalOf(blocks.slice(batch * size, (batch + 1) * size));
      if (total.count > 0) pearson += (total.failed - total.count * rate) ** 2 / (total.count * rate * (1 - rate));
    }
    largest = Math.max(largest, pearson / (batches - 1));
  }
  return largest;
}

export function errorRate(blocks: readonly Errors[]): number {
  const { count, failed } = totalOf(blocks);
  return count === 0 ? 0 : failed / count;
}

/**
 * The most that one block adds to the logarithm of the evidence: ln 4 per 30 s. With that, the half minute of a
 * rehearsal's fault could never show anything, so blocks under 30 s may add ln 16 each: three blocks of a rehearsal have
 * to agree. The price: a bunch of errors that lasts 15 s is an alarm there.
 */
function evidenceCap(seconds: number): number {
  return seconds >= 30 ? Math.log(4) * (seconds / 30) : Math.log(16);
}

function totalOf(blocks: readonly Errors[]): Errors {
  return blocks.reduce((sum, { count, failed }) => ({ count: sum.count + count, failed: sum.failed + failed }), {
    count: 0,
    failed: 0,
  });
}
