import { DescribeExecutionCommand, StopExecutionCommand } from "@aws-sdk/client-sfn";
import * as z from "zod";
import { planKey } from "../../workflows/names.ts";
import { Plan } from "../../workflows/state.ts";
import type { Lease } from "../lease/lease.ts";
import { wasAnnounced } from "../runtime/announcement.ts";
import { type Runtime, step } from "../runtime/step.ts";

/** What the rule and the schedule in `infra/game-day-stack.ts` give the safety net. */
const Cause = z.union([
  z.object({ execution: z.string().min(1), status: z.string() }),
  z.object({ sweep: z.literal(true) }),
]);

const FindInput = z.object({ cause: Cause, safetyNet: z.string() });

interface Found {
  readonly plan: Plan;
  readonly interruption: { readonly status: string };
}

/** A quarantined target whose game day could not be announced this often stays as it is: people can see its lease. */
const MOST_CLEAN_UPS = 20;

/**
 * Finds game days that are gone and still hold their target: the one whose execution has just ended, or, in a sweep, all
 * of them. Each is taken over, so that however many events come only one safety net cleans up after it.
 */
export const findGameDays = step("FindGameDays", FindInput, async ({ cause, safetyNet }, runtime) => {
  if ("sweep" in cause) return { found: await sweep(safetyNet, runtime), again: false, waitSeconds: 1 };
  const plan = await runtime.results.getJson(planKey(cause.execution), Plan);
  if (!plan) return { found: [], again: false, waitSeconds: 1 };
  const lease = await runtime.leases.read(plan.target.name);
  const found = lease?.holder === plan.id ? await takeOver(lease, cause.status, safetyNet, runtime) : [];
  // A lease that is not there may still be taken: by a step that was given up on.
  return { found, again: lease === undefined, waitSeconds: Math.max(1, plan.stragglerSeconds) };
});

async function sweep(safetyNet: string, runtime: Runtime): Promise<Found[]> {
  const found: Found[] = [];
  for (const lease of await runtime.leases.all()) {
    const status = await statusOf(lease.executionArn, runtime);
    const expired = lease.expiresAt * 1000 < runtime.clock.now().getTime();
    // One that has just begun may not be known yet (Step Functions API reference, DescribeExecution: eventually consistent).
    if (!expired && (status === "RUNNING" || status === undefined)) continue;
    if (status === "RUNNING") await stop(lease, runtime);
    found.push(...(await takeOver(lease, status === "RUNNING" ? "OVERDUE" : (status ?? "LOST"), safetyNet, runtime)));
  }
  return found;
}

/** The game day of a lease, if there is anything left to do and no other safety net is at it. */
async function takeOver(lease: Lease, status: string, safetyNet: string, runtime: Runtime): Promise<Found[]> {
  const plan = await runtime.results.getJson(planKey(lease.holder), Plan);
  if (!plan) return [];
  const { quarantine, cleaner, cleanUps } = lease;
  if (quarantine !== undefined && (cleanUps >= MOST_CLEAN_UPS || (await wasAnnounced(plan, runtime)))) return [];
  const anotherIsAtIt = cleaner !== undefined && cleaner !== safetyNet && !(await isGone(cleaner, runtime));
  if (anotherIsAtIt || !(await runtime.leases.takeOver(lease, safetyNet))) return [];
  return [{ plan, interruption: { status } }];
}

async function isGone(executionArn: string, runtime: Runtime): Promise<boolean> {
  const status = await statusOf(executionArn, runtime);
  return status !== undefined && status !== "RUNNING";
}

/** Undefined when Step Functions does not know the execution. */
async function statusOf(executionArn: string, { clients }: Runtime): Promise<string | undefined> {
  try {
    const { status } = await clients.sfn.send(new DescribeExecutionCommand({ executionArn }));
    return status;
  } catch (error) {
    if (error instanceof Error && error.name === "ExecutionDoesNotExist") return undefined;
    throw error;
  }
}

/** Past its lease's end a game day may touch nothing any more. */
async function stop({ executionArn, holder }: Lease, { clients }: Runtime): Promise<void> {
  const cause = `Game day ${holder} is over its deadline: the safety net puts back what it changed.`;
  await clients.sfn.send(new StopExecutionCommand({ executionArn, error: "Overdue", cause }));
}
