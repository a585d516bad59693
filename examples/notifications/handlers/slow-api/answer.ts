import { numberIn, type Variables } from "../variables.ts";

/** How bad the API is. */
export interface Temper {
  /** Share of the calls that fail at once, 0..1. */
  readonly failureRate: number;
  /** The others take a time between nothing and this. */
  readonly slowestMs: number;
}

/** Reads `FAILURE_RATE` (default 0.2) and `SLOWEST_MS` (default 2000; the API itself gives up at 29 seconds). */
export const readTemper = (variables: Variables): Temper => ({
  failureRate: numberIn(variables, "FAILURE_RATE", { byDefault: 0.2, most: 1 }),
  slowestMs: numberIn(variables, "SLOWEST_MS", { byDefault: 2000, most: 29_000 }),
});

export interface Outside {
  /** A number in [0, 1). */
  random(): number;
  sleep(ms: number): Promise<void>;
  temper: Temper;
}

/** Plays a delivery service of somebody else: unreliable, and slow when it works. */
export async function answer({ random, sleep, temper }: Outside): Promise<{ statusCode: number; body: string }> {
  if (random() < temper.failureRate) return { statusCode: 500, body: JSON.stringify({ message: "not today" }) };
  await sleep(random() * temper.slowestMs);
  return { statusCode: 200, body: JSON.stringify({ message: "notified" }) };
}
