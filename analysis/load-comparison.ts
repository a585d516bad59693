import { blockT } from "./block-t.ts";
import { errorEvidence, errorRate } from "./error-rate.ts";
import {
  fromLog,
  inOrder,
  logLatencies,
  logLatency,
  MIN_REQUESTS,
  PERCENTILES,
  type Percentile,
} from "./log-latency.ts";
import { meanOf } from "./noise.ts";
import type { ComparisonBlock } from "./series.ts";
import { smallestEffects } from "./smallest-effect.ts";
import { errorsText, evidenceText, listText, msText } from "./wording.ts";

/** What is compared: `latency p99` and the like, and the error rate. */
export type Measure = `latency ${Percentile}` | "errors";

/** The evidence after one block of the window. */
export interface Evidence {
  /** Unix milliseconds at which it was on hand. */
  readonly at: number;
  /** The mean of the parts: an e-value itself. */
  readonly together: number;
  readonly parts: ReadonlyMap<Measure, number>;
}

interface Compared {
  readonly evidence: readonly Evidence[];
  /** One sentence with the numbers. */
  readonly detail: string;
}

export type LoadComparison =
  | (Compared & { readonly outcome: "detected"; readonly detectedAt: number; readonly by: Measure })
  | (Compared & { readonly outcome: "not-detected" })
  | (Compared & { readonly outcome: "could-not-tell" });

export interface LoadComparisonInput {
  readonly baseline: readonly ComparisonBlock[];
  readonly window: readonly ComparisonBlock[];
  /** Unix milliseconds from which the fault was in effect; blocks of the window that begin earlier are left out. */
  readonly inEffectAt: number;
  /** Unix milliseconds at which the window ends: a window whose blocks stop a whole block earlier lacks data. */
  readonly until?: number;
  /** The chance of an alarm while nothing is wrong, over the whole window. Default 0.01. */
  readonly level?: number;
}

/** With fewer blocks nothing can be said of how the baseline moves by itself. */
export const FEWEST_BASELINE_BLOCKS = 4;

/**
 * Whether the load itself shows that something is wrong: slower or failing more than in the baseline. It may be asked
 * after each block (the level holds however often one looks), and an alarm once given stays.
 */
export function compareLoad(input: LoadComparisonInput): LoadComparison {
  const baseline = inOrder(input.baseline);
  const window = inOrder(input.window.filter((block) => block.start >= input.inEffectAt));
  const alarmAt = 1 / (input.level ?? 0.01);

  if (baseline.length < FEWEST_BASELINE_BLOCKS) {
    return couldNotTell(
      `the baseline has ${baseline.length} complete blocks; at least ${FEWEST_BASELINE_BLOCKS} are needed`,
    );
  }
  const percentiles = PERCENTILES.filter((percentile) => enoughRequests(baseline, percentile));
  if (percentiles.length === 0) {
    const median = medianCount(baseline);
    return couldNotTell(`a block has ${median} requests; at least ${MIN_REQUESTS.p50} are needed to compare latency`);
  }
  if (window.length === 0) return couldNotTell("there is no complete block of load while the fault was in effect");

  const seconds = (baseline[0]!.end - baseline[0]!.start) / 1000;
  const evidence = evidenceOf({ baseline, window, percentiles, seconds });
  const alarm = evidence.findIndex(({ together }) => together >= alarmAt);
  if (alarm >= 0) {
    const measures = speaking(evidence[alarm]!);
    const changes = measures.map((measure) => changeOf(measure, baseline, window.slice(0, alarm + 1)));
    const detail = `${changes.join(", ")}; evidence ${evidenceText(evidence[alarm]!.together)} (alarm at ${evidenceText(alarmAt)})`;
    return { outcome: "detected", detectedAt: evidence[alarm]!.at, by: measures[0]!, evidence, detail };
  }

  const gap = gapIn(baseline, "baseline") ?? gapIn(window, "window", input.until) ?? thinned(baseline, window);
  if (gap) return couldNotTell(gap, evidence);
  const effects = smallestEffects({ baseline, window, percentiles, seconds, alarmAt });
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

/** The parts of a comparison: everything that was found fit to be compared. */
export interface Comparable {
  readonly baseline: readonly ComparisonBlock[];
  readonly window: readonly ComparisonBlock[];
  readonly percentiles: readonly Percentile[];
  readonly seconds: number;
}

function evidenceOf({ baseline, window, percentiles, seconds }: Comparable): Evidence[] {
  const streams = new Map<Measure, number[]>(
    percentiles.map((percentile) => [`latency ${percentile}`, latencyEvidence(baseline, window, percentile)]),
  );
  streams.set("errors", errorEvidence(baseline, seconds)(window));
  let at = 0;
  return window.map(({ sealedAt }, index) => {
    // Evidence is on hand when the last block that it rests on is.
    at = Math.max(at, sealedAt);
    const parts = new Map([...streams].map(([measure, values]) => [measure, values[index]!]));
    return { at, together: meanOf([...parts.values()]), parts };
  });
}

/** A block with too few requests for the percentile adds nothing to what was known before it. */
function latencyEvidence(
  baseline: readonly ComparisonBlock[],
  window: readonly ComparisonBlock[],
  percentile: Percentile,
): number[] {
  const values = blockT(logLatencies(baseline, percentile))(logLatencies(window, percentile));
  let next = 0;
  return window.map((block) => (logLatency(block, percentile) ? values[next++]! : (values[next - 1] ?? 1)));
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

/** The measures that would be believed by themselves at 10 %, the strongest first; at least the strongest. */
function speaking({ parts }: Evidence): Measure[] {
  const ranked = [...parts].sort((a, b) => b[1] - a[1]);
  return ranked.filter(([, value], index) => index === 0 || value >= 10).map(([measure]) => measure);
}

function changeOf(by: Measure, baseline: readonly ComparisonBlock[], window: readonly ComparisonBlock[]): string {
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
