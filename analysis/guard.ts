import type { PlannedGuard } from "../workflows/guard.ts";
import { errorsText, msText } from "./wording.ts";

/** What is seen of the game day right now. What there is no number of yet is not judged. */
export interface Seen {
  /** The requests of the newest seconds of load, as long as the limit says. */
  readonly errors?: { readonly requests: number; readonly failed: number } | undefined;
  /** The percentile of the newest seconds of load. */
  readonly latencyMs?: number | undefined;
  /** The guarded alarms; one without a state is not there any more. */
  readonly alarms?: readonly { readonly name: string; readonly state: string | undefined }[];
  readonly spentUsd?: number | undefined;
}

/** The limit that was passed, and by what: the two halves of an error's sentence. */
export interface Trip {
  readonly expected: string;
  readonly found: string;
}

/** The first limit of the guard that is passed, if one is. A value that equals its limit is within it. */
export function judgeGuard(guard: PlannedGuard, seen: Seen): Trip | undefined {
  return byErrors(guard, seen) ?? byLatency(guard, seen) ?? byAlarms(seen) ?? byBudget(guard, seen);
}

function byErrors({ errorRate }: PlannedGuard, { errors }: Seen): Trip | undefined {
  if (!errorRate || !errors || errors.requests === 0) return undefined;
  const rate = errors.failed / errors.requests;
  if (rate <= errorRate.above) return undefined;
  return {
    expected: `at most ${errorsText(errorRate.above)} of the requests of ${errorRate.forSeconds} s to fail`,
    found: `${errors.failed} of ${errors.requests} failed (${errorsText(rate)})`,
  };
}

function byLatency({ latency }: PlannedGuard, { latencyMs }: Seen): Trip | undefined {
  if (!latency || latencyMs === undefined || latencyMs <= latency.aboveMs) return undefined;
  return {
    expected: `the ${latency.percentile} of ${latency.forSeconds} s to be at most ${msText(latency.aboveMs)}`,
    found: msText(latencyMs),
  };
}

function byAlarms({ alarms = [] }: Seen): Trip | undefined {
  const raised = alarms.filter(({ state }) => state === "ALARM").map(({ name }) => name);
  const expected = "none of the guard's alarms to go off";
  if (raised.length > 0) return { expected, found: `${raised.join(", ")} in ALARM` };
  // A guard that cannot see is no guard.
  const gone = alarms.filter(({ state }) => state === undefined).map(({ name }) => name);
  return gone.length > 0 ? { expected, found: `${gone.join(", ")} gone, so that nobody could tell` } : undefined;
}

function byBudget({ budgetUsd }: PlannedGuard, { spentUsd }: Seen): Trip | undefined {
  if (budgetUsd === undefined || spentUsd === undefined || spentUsd <= budgetUsd) return undefined;
  return {
    expected: `at most $${budgetUsd} to be spent`,
    found: `about $${spentUsd.toFixed(spentUsd < 0.01 ? 4 : 2)}, by the estimate`,
  };
}
