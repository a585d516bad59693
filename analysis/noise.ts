/**
 * A few blocks may look steadier than they are, by chance or because the clock is coarse: a standard deviation below
 * this is drawn up towards it, with the weight of {@link PRIOR_BLOCKS} blocks (after the moderated t of Smyth, "Linear
 * models and empirical Bayes methods", 2004, but only upwards and without counting them as data). So six blocks never
 * claim less than 3 % and a hundred may claim 1 %.
 */
const PRIOR_SD = 0.05;
const PRIOR_BLOCKS = 4;

/** How one log-percentile moves from block to block while nothing is wrong. */
export interface Noise {
  readonly n: number;
  readonly mean: number;
  /** Never zero: see {@link PRIOR_SD}. */
  readonly sd: number;
  /**
   * By what factor autocorrelation makes the blocks worth fewer: 1 + 2 Σ max(r_k, 0) over the lags 1 and 2. Correlation
   * over more blocks than that is not corrected; `steadiness.ts` warns of it.
   */
  readonly inflation: number;
}

export function noiseOf(values: readonly number[]): Noise {
  const n = values.length;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const variance = squares / Math.max(1, n - 1);
  const moderated = (squares + PRIOR_BLOCKS * PRIOR_SD ** 2) / (Math.max(0, n - 1) + PRIOR_BLOCKS);
  const r = (lag: number) => Math.max(autocorrelation(values, lag), 0);
  return { n, mean, sd: Math.sqrt(Math.max(variance, moderated)), inflation: 1 + 2 * (r(1) + r(2)) };
}

export const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The correlation of a series with itself `lag` values later; 0 for one that is constant or too short. */
export function autocorrelation(values: readonly number[], lag: number): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (squares < 1e-12) return 0;
  let products = 0;
  for (let i = lag; i < values.length; i++) products += (values[i]! - mean) * (values[i - lag]! - mean);
  return products / squares;
}
