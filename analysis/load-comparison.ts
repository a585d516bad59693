import { errorRate } from "./error-rate.ts";
import { CombinedEvidence, type Evidence, type Metric } from "./evidence.ts";
import { fromLog, inOrder, logLatencies, MIN_REQUESTS, PERCENTILES, type Percentile } from "./log-latency.ts";
import { meanOf } from "./noise.ts";
import type { ComparisonBlock } from "./series.ts";
import { smallestEffects } from "./smallest-effect.ts";
import { errorsText, evidenceText, listText, msText } from "./wording.ts";

interface Compared {
  readonly evidence: readonly Evidence[];
  /** One sentence with the numbers. */
  readonly detail: string;
}

type Alarm = Compared & { readonly outcome: "detected"; readonly detectedAt: number; readonly by: Metric };

export type LoadComparison =
  | Alarm
  | (Compared & { readonly outcome: "not-detected" })
  | (Compared & { readonly outcome: "could-not-tell" });

export interface ComparisonStart {
  readonly baseline: readonly ComparisonBlock[];
  /** Unix milliseconds from which the fault was in effect; blocks of the window that begin earlier are left out. */
  readonly inEffectAt: number;
  /** The chance of an alarm while nothing is wrong, over the whole window. Default 0.01. */
  readonly level?: number;
}

export interface LoadComparisonInput extends ComparisonStart {
  readonly window: readonly ComparisonBlock[];
  /** Unix milliseconds at which the window ends: a window whose blocks stop a whole block earlier lacks data. */
  readonly until?: number;
}

/** With fewer blocks nothing can be said of how the baseline moves by itself. */
export const FEWEST_BASELINE_BLOCKS = 4;

/**
 * Whether the load itself shows that something is wrong: slower or failing more than in the baseline. Blocks may come in
 * any order.
 */
export function compareLoad({ window, until, ...start }: LoadComparisonInput): LoadComparison {
  const comparison = new SequentialComparison(start);
  for (const block of inOrder(window)) comparison.add(block);
  return comparison.verdict(until);
}

/**
 * The same, block by block as they come, in the order of time. It may be asked after each block (the level holds however
 * often one looks), and an alarm once given stays.
 */
export class SequentialComparison {
  readonly #baseline: readonly ComparisonBlock[];
  readonly #percentiles: readonly Percentile[];
  readonly #inEffectAt: number;
  readonly #alarmAt: number;
  /** Why the baseline is nothing to compare with. */
  readonly #unfit: string | undefined;
  readonly #window: ComparisonBlock[] = [];
  readonly #evidence: Evidence[] = [];
  #combined: CombinedEvidence | undefined;
  #alarm: Omit<Alarm, "evidence"> | undefined;

  constructor({ baseline, inEffectAt, level = 0.01 }: ComparisonStart) {
    this.#baseline = inOrder(baseline);
    this.#percentiles = PERCENTILES.filter((percentile) => enoughRequests(this.#baseline, percentile));
    this.#inEffectAt = inEffectAt;
    this.#alarmAt = 1 / level;
    this.#unfit = unfitOf(this.#baseline, this.#percentiles);
    if (this.#unfit !== undefined) return;
    this.#combined = CombinedEvidence.start(this.#baseline, this.#percentiles, this.#seconds());
  }

  /** Takes the next block of the window. */
  add(block: ComparisonBlock): void {
    if (!this.#combined || block.start < this.#inEffectAt) return;
    this.#combined = this.#combined.add(block);
    const evidence = this.#combined.soFar;
    this.#window.push(block);
    this.#evidence.push(evidence);
    if (evidence.together >= this.#alarmAt) this.#alarm ??= this.#alarmOf(evidence);
  }

  /** What the window says so far; with `until` it is known to end there. */
  verdict(until?: number): LoadComparison {
    if (this.#unfit !== undefined) return couldNotTell(this.#unfit);
    const [baseline, window, evidence] = [this.#baseline, [...this.#window], [...this.#evidence]];
    if (window.length === 0) return couldNotTell("there is no complete block of load while the fault was in effect");
    if (this.#alarm) return { ...this.#alarm, evidence };
    const gap = gapIn(baseline, "baseline") ?? gapIn(window, "window", until) ?? thinned(baseline, window);
    return gap === undefined ? this.#silence(window, evidence) : couldNotTell(gap, evidence);
  }

  #alarmOf(evidence: Evidence): Omit<Alarm, "evidence"> {
    const metrics = speaking(evidence);
    const changes = metrics.map((metric) => changeOf(metric, this.#baseline, this.#window));
    const detail = `${changes.join(", ")}; evidence ${evidenceText(evidence.together)} (alarm at ${evidenceText(this.#alarmAt)})`;
    return { outcome: "detected", detectedAt: evidence.at, by: metrics[0]!, detail };
  }

  /** No alarm says something only where a change of some size would have given one. */
  #silence(window: readonly ComparisonBlock[], evidence: readonly Evidence[]): LoadComparison {
    const [baseline, percentiles, alarmAt] = [this.#baseline, this.#percentiles, this.#alarmAt];
    const effects = smallestEffects({ baseline, window, percentiles, seconds: this.#seconds(), alarmAt });
    if (effects.length === 0) {
      const sizes = `${window.length} blocks against a baseline of ${baseline.length}`;
      return couldNotTell(`${sizes} are too few: no change of any size would have been found`, evidence);
    }
    const highest = Math.max(...evidence.map(({ together }) => together));
    const reached = `evidence stayed at or below ${evidenceText(highest)} (alarm at ${evidenceText(alarmAt)})`;
    const left = PERCENTILES.filter((percentile) => !percentiles.includes(percentile));
    const notCompared = left.length === 0 ? "" : `; ${listText(left)} not compared: too few requests a block`;
    const detail = `${reached}; ${listText(effects, "or")} would have been found${notCompared}`;
    return { outcome: "not-detected", evidence, detail };
  }

  #seconds(): number {
    const [first] = this.#baseline;
    return (first!.end - first!.start) / 1000;
  }
}

function unfitOf(baseline: readonly ComparisonBlock[], percentiles: readonly Percentile[]): string | undefined {
  if (baseline.length < FEWEST_BASELINE_BLOCKS) {
    return `the baseline has ${baseline.length} complete blocks; at least ${FEWEST_BASELINE_BLOCKS} are needed`;
  }
  if (percentiles.length > 0) return undefined;
  return `a block has ${medianCount(baseline)} requests; at least ${MIN_REQUESTS.p50} are needed to compare latency`;
}

/** The parts of a comparison: everything that was found fit to be compared. */
export interface Comparable {
  readonly baseline: readonly ComparisonBlock[];
  readonly window: readonly ComparisonBlock[];
  readonly percentiles: readonly Percentile[];
  readonly seconds: number;
}

const couldNotTell = (detail: string, evidence: readonly Evidence[] = []): LoadComparison => ({
  outcome: "could-not-tell",
  evidence,
  detail,
});

const medianCount = (blocks: readonly ComparisonBlock[]) =>
  blocks.map(({ count }) => count).sort((a, b) => a - b)[Math.floor(blocks.length / 2)]!;

const enoughRequests = (baseline: readonly ComparisonBlock[], percentile: Percentile) =>
  logLatencies(baseline, percentile).length >= Math.max(FEWEST_BASELINE_BLOCKS, baseline.length * 0.9);

/** The metrics that would be believed by themselves at 10 %, the strongest first; at least the strongest. */
function speaking({ parts }: Evidence): Metric[] {
  const ranked = [...parts].sort((a, b) => b[1] - a[1]);
  return ranked.filter(([, value], index) => index === 0 || value >= 10).map(([metric]) => metric);
}

function changeOf(by: Metric, baseline: readonly ComparisonBlock[], window: readonly ComparisonBlock[]): string {
  if (by === "errors") return `errors ${errorsText(errorRate(baseline))} → ${errorsText(errorRate(window))}`;
  const percentile = by.slice("latency ".length) as Percentile;
  const [before, after] = [baseline, window].map((blocks) =>
    fromLog(meanOf(logLatencies(blocks, percentile).map(({ y }) => y))),
  );
  return `${percentile} ${msText(before!)} → ${msText(after!)}`;
}

function gapIn(blocks: readonly ComparisonBlock[], name: string, until?: number): string | undefined {
  const lengthMs = blocks[0]!.end - blocks[0]!.start;
  const last = blocks.at(-1)!;
  const present = blocks.length;
  const expected = Math.max(
    Math.round((last.end - blocks[0]!.start) / lengthMs),
    until === undefined ? 0 : Math.floor((until - blocks[0]!.start) / lengthMs),
  );
  return present < expected ? `${expected - present} of the ${name}'s ${expected} blocks are missing` : undefined;
}

/** A load that was not sent cannot have shown anything. */
function thinned(baseline: readonly ComparisonBlock[], window: readonly ComparisonBlock[]): string | undefined {
  const usual = medianCount(baseline);
  const thin = window.filter(({ count }) => count < usual / 2).length;
  if (thin * 2 <= window.length) return undefined;
  return `${thin} of the window's ${window.length} blocks have less than half of the baseline's ${usual} requests`;
}
