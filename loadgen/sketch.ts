/**
 * A latency histogram with relative accuracy, after DDSketch (Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable
 * quantile sketch", VLDB 2019): bucket i holds the values in (γ^(i-1), γ^i] with γ = (1 + a) / (1 - a). Any quantile is
 * right within the relative error a, and merging is adding counts, so the sketches of N shards give exactly the sketch
 * of one. It is JSON so that a block in the bucket can be read by eye.
 */
export const RELATIVE_ERROR = 0.01;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** Milliseconds below which a latency counts as zero: k6's clock does not tell smaller ones apart. */
const SMALLEST = 1e-3;

/** Bucket index → count. The key `zero` holds latencies under a microsecond (a refused connection takes none). */
export type Sketch = Record<string, number>;

export function addToSketch(sketch: Sketch, latencyMs: number): void {
  const key = latencyMs < SMALLEST ? "zero" : String(Math.ceil(Math.log(latencyMs) / LOG_GAMMA));
  sketch[key] = (sketch[key] ?? 0) + 1;
}

export function mergeSketches(sketches: Iterable<Sketch>): Sketch {
  const merged: Sketch = {};
  for (const sketch of sketches) {
    for (const [key, count] of Object.entries(sketch)) merged[key] = (merged[key] ?? 0) + count;
  }
  return merged;
}

export function sketchCount(sketch: Sketch): number {
  return Object.values(sketch).reduce((sum, count) => sum + count, 0);
}

/** The quantile q (0..1) in milliseconds within {@link RELATIVE_ERROR}, or undefined for an empty sketch. */
export function sketchQuantile(sketch: Sketch, q: number): number | undefined {
  const total = sketchCount(sketch);
  if (total === 0) return undefined;
  let rank = q * (total - 1) - (sketch.zero ?? 0);
  if (rank < 0) return 0;
  const indices = Object.keys(sketch)
    .filter((key) => key !== "zero")
    .map(Number)
    .sort((a, b) => a - b);
  for (const index of indices) {
    rank -= sketch[String(index)]!;
    if (rank < 0) return middleOf(index);
  }
  return middleOf(indices.at(-1)!);
}

/** The value whose relative distance to both edges of the bucket is the same. */
const middleOf = (index: number) => (2 * GAMMA ** index) / (GAMMA + 1);
