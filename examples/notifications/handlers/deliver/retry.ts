import { numberIn, type Variables } from "../variables.ts";

/** How often a delivery is tried, and how long it waits in between. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly waitSeconds: { readonly least: number; readonly most: number };
}

/** More would not end before the function's own time is up. */
const MOST_ATTEMPTS = 10;

/** Reads `MAX_ATTEMPTS` (default 5) and `RETRY_WAIT_SECONDS` (least and most, default `3-8`). */
export function readRetryPolicy(variables: Variables): RetryPolicy {
  const text = variables.RETRY_WAIT_SECONDS?.trim() || "3-8";
  const [least = Number.NaN, most = Number.NaN] = /^[\d.]+-[\d.]+$/.test(text) ? text.split("-").map(Number) : [];
  if (!(least >= 0 && most >= least)) {
    throw new RangeError(`Expected RETRY_WAIT_SECONDS to be a range such as 3-8; found "${text}".`);
  }
  return {
    attempts: numberIn(variables, "MAX_ATTEMPTS", { byDefault: 5, least: 1, most: MOST_ATTEMPTS }),
    waitSeconds: { least, most },
  };
}

export interface Waiting {
  /** A number in [0, 1). */
  random(): number;
  sleep(ms: number): Promise<void>;
}

/** Tries until it succeeds, or throws the last failure. Waits are random, so that many that failed at once do not return at once. */
export async function withRetries<T>(
  { attempts, waitSeconds }: RetryPolicy,
  { random, sleep }: Waiting,
  attempt: (number: number) => Promise<T>,
): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await attempt(number);
    } catch (error) {
      if (number >= attempts) throw error;
      await sleep(1000 * (waitSeconds.least + random() * (waitSeconds.most - waitSeconds.least)));
    }
  }
}
