import { blockT } from "./block-t.ts";
import type { EProcess } from "./e-process.ts";
import { errorEvidence } from "./error-rate.ts";
import { type LogLatency, logLatencies, logLatency, type Percentile } from "./log-latency.ts";
import { meanOf } from "./noise.ts";
import type { ComparisonBlock } from "./series.ts";

/** What is compared: `latency p99` and the like, and the error rate. */
export type Metric = `latency ${Percentile}` | "errors";

/** The evidence after one block of the window. */
export interface Evidence {
  /** Unix milliseconds at which it was on hand. */
  readonly at: number;
  /** The mean of the parts: an e-value itself. */
  readonly together: number;
  readonly parts: ReadonlyMap<Metric, number>;
}

/** Evidence of all metrics, after each block that is added. */
export class CombinedEvidence {
  readonly #parts: ReadonlyMap<Metric, EProcess<ComparisonBlock>>;
  readonly #at: number;

  private constructor(parts: ReadonlyMap<Metric, EProcess<ComparisonBlock>>, at: number) {
    this.#parts = parts;
    this.#at = at;
  }

  static start(baseline: readonly ComparisonBlock[], percentiles: readonly Percentile[], seconds: number) {
    const latencies = percentiles.map(
      (percentile) => [`latency ${percentile}`, ofLatency(baseline, percentile)] as const,
    );
    return new CombinedEvidence(new Map([...latencies, ["errors", errorEvidence(baseline, seconds)]]), 0);
  }

  add(block: ComparisonBlock): CombinedEvidence {
    const parts = new Map([...this.#parts].map(([metric, process]) => [metric, process.add(block)] as const));
    // Evidence is on hand when the last block that it rests on is.
    return new CombinedEvidence(parts, Math.max(this.#at, block.sealedAt));
  }

  get soFar(): Evidence {
    const parts = new Map([...this.#parts].map(([metric, { value }]) => [metric, value] as const));
    return { at: this.#at, together: meanOf([...parts.values()]), parts };
  }
}

const ofLatency = (baseline: readonly ComparisonBlock[], percentile: Percentile): EProcess<ComparisonBlock> =>
  ofBlocks(blockT(logLatencies(baseline, percentile)), percentile);

/** A block with too few requests for the percentile adds nothing to what was known before it. */
const ofBlocks = (process: EProcess<LogLatency>, percentile: Percentile): EProcess<ComparisonBlock> => ({
  value: process.value,
  add(block) {
    const latency = logLatency(block, percentile);
    return latency ? ofBlocks(process.add(latency), percentile) : this;
  },
});
