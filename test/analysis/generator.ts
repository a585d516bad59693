import type { ComparisonBlock } from "../../analysis/series.ts";

/** Load with a known truth, from a seed: what the detection and the recovery are measured on. */

/** mulberry32: small, seeded, good enough to draw latencies from. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface World {
  /** Median latency of a request, ms. */
  readonly baseMs: number;
  /** Standard deviation of the logarithm of a single request's latency. */
  readonly spread: number;
  /** Requests a second. */
  readonly rate: number;
  readonly errorRate: number;
  /** Level of the latency from 5 s to 5 s: standard deviation of its logarithm, and autocorrelation. */
  readonly levelSd: number;
  readonly levelRho: number;
  /** Relative drift per hour. */
  readonly drift: number;
  /** Half minutes of +30 %, per hour. */
  readonly bursts: number;
  /** Intervals of 5 s, per hour, in which a tenth of the requests takes 800 ms longer. */
  readonly coldStarts: number;
  /** Standard deviation of the logarithm of the error rate's factor from 5 s to 5 s. */
  readonly errorSd: number;
}

export interface Fault {
  /** Factor on every latency. */
  readonly slower?: number;
  /** This share of the requests takes `addMs` longer. */
  readonly share?: number;
  readonly addMs?: number;
  /** Added to the error rate. */
  readonly errors?: number;
}

export const QUIET: World = {
  baseMs: 40,
  spread: 0.5,
  rate: 10,
  errorRate: 0.001,
  levelSd: 0.02,
  levelRho: 0,
  drift: 0,
  bursts: 0,
  coldStarts: 0,
  errorSd: 0,
};

/** Blocks of one interval after another of the same world, each with its own fault. */
export function generate(
  world: World,
  seed: number,
  { blockSeconds, intervals }: { blockSeconds: number; intervals: { blocks: number; fault?: Fault }[] },
): ComparisonBlock[][] {
  const random = randomFrom(seed);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const pieces = blockSeconds / 5;
  let level = gauss();
  let burstLeft = 0;
  let second = 0;

  const block = (fault: Fault): ComparisonBlock => {
    const perPiece = Math.round(world.rate * 5);
    const latencies = new Float64Array(perPiece * pieces);
    const start = second * 1000;
    let failed = 0;
    for (let piece = 0; piece < pieces; piece++) {
      level = world.levelRho * level + Math.sqrt(1 - world.levelRho ** 2) * gauss();
      if (random() < (world.bursts * 5) / 3600) burstLeft = 6;
      burstLeft = Math.max(0, burstLeft - 1);
      const cold = random() < (world.coldStarts * 5) / 3600;
      const factor =
        world.baseMs *
        Math.exp(world.levelSd * level + (world.drift * second) / 3600) *
        (burstLeft > 0 ? 1.3 : 1) *
        (fault.slower ?? 1);
      const errors = world.errorRate * Math.exp(world.errorSd * gauss()) + (fault.errors ?? 0);
      for (let request = 0; request < perPiece; request++) {
        let latency = factor * Math.exp(world.spread * gauss());
        if (cold && random() < 0.1) latency += 800;
        if (fault.share && random() < fault.share) latency += fault.addMs ?? 0;
        latencies[piece * perPiece + request] = latency;
        if (random() < errors) failed += 1;
      }
      second += 5;
    }
    latencies.sort();
    const at = (q: number) => latencies[Math.floor(q * (latencies.length - 1))];
    const end = second * 1000;
    const counts = { count: latencies.length, failed, dropped: 0 };
    return { start, end, ...counts, p50: at(0.5), p90: at(0.9), p99: at(0.99), sealedAt: end + 2300 };
  };

  return intervals.map(({ blocks, fault }) => Array.from({ length: blocks }, () => block(fault ?? {})));
}

/** Upper end of the 95 % Wilson interval of a share. */
export function wilsonUpper(hits: number, runs: number): number {
  const z = 1.96;
  const share = hits / runs;
  const middle = share + z ** 2 / (2 * runs);
  const half = z * Math.sqrt((share * (1 - share)) / runs + z ** 2 / (4 * runs ** 2));
  return (middle + half) / (1 + z ** 2 / runs);
}
