import { blockT } from "./block-t.ts";
import { bisect } from "./distributions.ts";
import { evidenceAfterEach } from "./e-process.ts";
import { errorEvidence } from "./error-rate.ts";
import type { Comparable } from "./load-comparison.ts";
import { fromLog, type LogLatency, logLatencies, type Percentile } from "./log-latency.ts";
import { meanOf } from "./noise.ts";
import { errorsText, percentText } from "./wording.ts";

/** The largest rise that is asked about: e^5, about 150 times. */
const LARGEST_RISE = 5;

/**
 * The smallest changes that a window like this one would have shown, each by itself and with no help from the others:
 * `a p99 rise of 38 %`, `an error rate of 2.1 %`. Metrics that could not have shown a change of any size are left out.
 */
export function smallestEffects(compared: Comparable & { readonly alarmAt: number }): string[] {
  const needed = compared.alarmAt * (compared.percentiles.length + 1);
  const rises = compared.percentiles.map((percentile) => smallestRise(compared, percentile, needed));
  return [...rises, smallestErrorRate(compared, needed)].filter((effect) => effect !== undefined);
}

/** The window keeps its own ups and downs, around the baseline's mean and the rise in question. */
function smallestRise({ baseline, window }: Comparable, percentile: Percentile, needed: number): string | undefined {
  const before = logLatencies(baseline, percentile);
  const during = logLatencies(window, percentile);
  if (before.length === 0 || during.length === 0) return undefined;
  const mean = meanOf(before.map(({ y }) => y));
  const shift = mean - meanOf(during.map(({ y }) => y));
  const start = blockT(before);
  const found = (rise: number) => Math.max(...evidenceAfterEach(start, shifted(during, shift + rise))) >= needed;
  if (!found(LARGEST_RISE)) return undefined;
  const rise = bisect(found, 0, LARGEST_RISE);
  const [from, to] = [fromLog(mean), fromLog(mean + rise)];
  return from > 0 ? `a ${percentile} rise of ${percentText(to / from - 1)}` : `a ${percentile} of ${to.toFixed(0)} ms`;
}

function smallestErrorRate({ baseline, window, seconds }: Comparable, needed: number): string | undefined {
  const start = errorEvidence(baseline, seconds);
  const found = (rate: number) => {
    const failing = window.map(({ count }) => ({ count, failed: count * rate }));
    return Math.max(...evidenceAfterEach(start, failing)) >= needed;
  };
  return found(1) ? `an error rate of ${errorsText(bisect(found, 0, 1))}` : undefined;
}

const shifted = (values: readonly LogLatency[], by: number) => values.map(({ at, y }) => ({ at, y: y + by }));
