/**
 * What a script of your own needs from the game day:
 *
 *     import http from "k6/http";
 *     import { gamedayOptions, load, requestParams } from "./lib.ts";
 *     export const options = gamedayOptions();
 *     export default function () { http.get(load.url, requestParams()); }
 *
 * k6 runs TypeScript, but does not check its types: `tsc -p loadgen/scripts` does.
 */
import http, { type RefinedParams, type ResponseType } from "k6/http";
import type { Options } from "k6/options";
import type { ScriptLoad } from "../script-load.ts";

/** What the drill asks for. */
export const load: ScriptLoad = JSON.parse(__ENV.GAME_DAY_LOAD ?? missing());

// Whether a request has failed is decided here and nowhere else.
http.setResponseCallback(http.expectedStatuses(...load.expectedStatus));

/**
 * The arrival rate, the duration and the virtual users that the drill asks for. The drill's rate is that of requests: a
 * script that sends more than one in an iteration says how many.
 */
export function gamedayOptions({ requestsPerIteration = 1 } = {}): Options {
  return {
    discardResponseBodies: true,
    scenarios: {
      main: {
        ...arrivals(requestsPerIteration),
        preAllocatedVUs: load.maxVUs,
        maxVUs: load.maxVUs,
        gracefulStop: `${load.timeoutSeconds * requestsPerIteration}s`,
      },
    },
  };
}

/** One rate throughout, or a profile of legs that each end at theirs. */
function arrivals(requestsPerIteration: number) {
  if (!load.stages) {
    return {
      executor: "constant-arrival-rate" as const,
      ...wholeRate(load.rate / requestsPerIteration),
      duration: `${load.durationSeconds}s`,
    };
  }
  const inThousandSeconds = (rate: number) => Math.round((rate / requestsPerIteration) * 1_000);
  return {
    executor: "ramping-arrival-rate" as const,
    timeUnit: "1000s",
    startRate: inThousandSeconds(load.stages[0]!.rate),
    stages: load.stages.map(({ rate, seconds }) => ({ target: inThousandSeconds(rate), duration: `${seconds}s` })),
  };
}

/** Parameters that every request of a game day has; add your own to them. */
export function requestParams(): RefinedParams<ResponseType> {
  return { headers: load.headers, timeout: `${load.timeoutSeconds}s`, redirects: 0 };
}

/** A random UUID (k6 has the Web Crypto API as a global, which @types/k6 does not know). */
export function uuid(): string {
  return crypto.randomUUID();
}
declare const crypto: { randomUUID(): string };

/** k6 takes whole numbers only: half a request a second is 500 in 1000 seconds, evenly spaced all the same. */
function wholeRate(perSecond: number): { rate: number; timeUnit: string } {
  return Number.isInteger(perSecond)
    ? { rate: perSecond, timeUnit: "1s" }
    : { rate: Math.max(1, Math.round(perSecond * 1_000)), timeUnit: "1000s" };
}

function missing(): never {
  throw new Error("Expected the environment variable GAME_DAY_LOAD; found none. The load worker sets it.");
}
