import * as z from "zod";
import { Duration, formatDuration, Latency } from "./duration.ts";
import type { Problem } from "./problem.ts";

/** Load is measured in blocks of this many seconds. */
const BLOCK_SECONDS = 5;

const For = Duration.meta({ description: "The newest load is judged over this long: a multiple of 5s." });

export const PERCENTILES = ["p50", "p90", "p99"] as const;

/** Limits that end the game day early, whatever phase it is in. Each may be left out. */
export const Guard = z
  .strictObject({
    errorRate: z
      .strictObject({
        above: z
          .number({ error: "expected a share from 0 to below 1, such as 0.5" })
          .min(0, { error: "expected a share from 0 to below 1, such as 0.5" })
          .lt(1, { error: "expected a share from 0 to below 1, such as 0.5: no error rate is above 1" })
          .meta({ description: "The share of failed requests above which the game day ends." }),
        for: For,
      })
      .optional(),
    latency: z
      .strictObject({
        percentile: z.enum(PERCENTILES, { error: `expected a percentile: ${PERCENTILES.join(", ")}` }),
        above: Latency.meta({ description: "The latency above which the game day ends." }),
        for: For,
      })
      .optional(),
    alarms: z
      .union([z.literal("any"), z.array(z.string()).min(1)], {
        error: 'expected "any" or a list of the target\'s alarms',
      })
      .optional()
      .meta({ description: "Alarms of the target, by their names in its description, that must not go off." }),
    budget: z
      .number({ error: "expected US dollars, such as 2.50" })
      .positive({ error: "expected US dollars, more than 0" })
      .optional()
      .meta({ description: "US dollars that the game day may cost on AWS, by the estimate." }),
  })
  .refine((guard) => Object.values(guard).some((limit) => limit !== undefined), {
    error: "expected at least one of errorRate, latency, alarms and budget",
  });
export type Guard = z.infer<typeof Guard>;

/** The guard as the steps check it. */
export const PlannedGuard = z.object({
  errorRate: z.object({ above: z.number(), forSeconds: z.number() }).optional(),
  latency: z.object({ percentile: z.enum(PERCENTILES), aboveMs: z.number(), forSeconds: z.number() }).optional(),
  /** AWS names of the alarms. */
  alarms: z.array(z.string()).optional(),
  budgetUsd: z.number().optional(),
});
export type PlannedGuard = z.infer<typeof PlannedGuard>;

/** `forSeconds` replaces how long load is judged over (rehearsals have no time for more). */
export function planGuard(guard: Guard, alarms: readonly string[], forSeconds?: number): PlannedGuard {
  const { errorRate, latency, budget } = guard;
  return {
    ...(errorRate && { errorRate: { above: errorRate.above, forSeconds: forSeconds ?? errorRate.for } }),
    ...(latency && {
      latency: {
        percentile: latency.percentile,
        aboveMs: latency.above * 1000,
        forSeconds: forSeconds ?? latency.for,
      },
    }),
    ...(guard.alarms && { alarms: guardedAlarms(guard, alarms) }),
    ...(budget !== undefined && { budgetUsd: budget }),
  };
}

function guardedAlarms({ alarms = [] }: Guard, known: readonly string[]): string[] {
  return alarms === "any" || alarms.includes("any") ? [...known] : [...alarms];
}

/** What is wrong with the guard's durations; `timeout` is how long a request may take in full, in seconds. */
export function checkGuardDurations(
  guard: Guard | undefined,
  guardFor: number | undefined,
  timeout: number,
): Problem[] {
  const problems: Problem[] = [];
  const blocks = (path: Problem["path"], seconds: number | undefined) => {
    if (seconds === undefined || (seconds > 0 && seconds % BLOCK_SECONDS === 0)) return;
    const message = `expected a multiple of ${BLOCK_SECONDS}s: load is measured in ${BLOCK_SECONDS}-second blocks, found ${formatDuration(seconds)}`;
    problems.push({ path, message });
  };
  blocks(["guard", "errorRate", "for"], guard?.errorRate?.for);
  blocks(["guard", "latency", "for"], guard?.latency?.for);
  blocks(["rehearsal", "guardFor"], guardFor);
  if (guard?.latency && guard.latency.above >= timeout) {
    const message = `expected less than load.timeout, ${formatDuration(timeout)}: no request takes longer`;
    problems.push({ path: ["guard", "latency", "above"], message });
  }
  if (guardFor !== undefined && !guard?.errorRate && !guard?.latency) {
    const message = "expected a guard with errorRate or latency beside it: it replaces how long those are judged over";
    problems.push({ path: ["rehearsal", "guardFor"], message });
  }
  return problems;
}

/** What is wrong with the guard's alarms. `expected` names a fault that is expected to set one off, if there is one. */
export function checkGuardAlarms(
  guard: Guard | undefined,
  target: { readonly name: string; readonly alarms: readonly string[] },
  expected: string | undefined,
): Problem[] {
  if (!guard?.alarms) return [];
  const path = ["guard", "alarms"];
  const known = target.alarms.length > 0 ? target.alarms.join(", ") : "none";
  const guarded = guardedAlarms(guard, target.alarms);
  if (guarded.length === 0) return [{ path, message: `expected a target with alarms; "${target.name}" has none` }];
  const unknown = guarded.filter((name) => !target.alarms.includes(name));
  const problems = unknown.map((name) => ({
    path,
    message: `expected alarms of target "${target.name}" (${known}), found "${name}"`,
  }));
  if (expected !== undefined && target.alarms.every((name) => guarded.includes(name))) {
    const message = `expected not all of the target's alarms: fault "${expected}" is expected to set one off, and that would end the game day`;
    problems.push({ path, message });
  }
  return problems;
}

/** What ends the game day, one limit each. */
export function guardText({ errorRate, latency, alarms, budgetUsd }: PlannedGuard): string[] {
  const texts: string[] = [];
  if (errorRate) {
    const percent = Number((errorRate.above * 100).toFixed(2));
    texts.push(`more than ${percent} % of the requests of the last ${formatDuration(errorRate.forSeconds)} failed`);
  }
  if (latency) {
    const { percentile, forSeconds, aboveMs } = latency;
    texts.push(`${percentile} of the last ${formatDuration(forSeconds)} is above ${Math.round(aboveMs)} ms`);
  }
  if (alarms) texts.push(`an alarm goes off: ${alarms.join(" or ")}`);
  if (budgetUsd !== undefined) texts.push(`more than $${budgetUsd} has been spent, by the estimate`);
  return texts;
}
