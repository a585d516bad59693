import { judgeGuard, type Seen } from "../../analysis/guard.ts";
import { BLOCK_SECONDS, failedIn, mergeBlocks } from "../../loadgen/blocks.ts";
import { sketchQuantile } from "../../loadgen/sketch.ts";
import { estimateCostSoFar } from "../../workflows/cost.ts";
import type { PlannedGuard } from "../../workflows/guard.ts";
import type { Plan } from "../../workflows/state.ts";
import { statesOfAlarms } from "../runtime/alarms.ts";
import { GuardTripped } from "../runtime/errors.ts";
import type { Runtime } from "../runtime/step.ts";
import { LoadRun } from "./load-run.ts";
import { sealSeconds } from "./watch.ts";

type Outside = Pick<Runtime, "clients" | "configuration" | "results" | "clock">;

/**
 * Throws {@link GuardTripped} when a limit of the drill's guard is passed. Every look of a loop calls it, so that the game
 * day ends within one watch interval of the moment at which the limit can be seen to be passed, whatever its phase.
 */
export async function checkGuard(plan: Plan, runtime: Outside): Promise<void> {
  if (!plan.guard) return;
  const trip = judgeGuard(plan.guard, await look(plan, plan.guard, runtime));
  if (trip) throw new GuardTripped(trip.expected, trip.found, "The guard ends the game day early.");
}

async function look(plan: Plan, guard: PlannedGuard, runtime: Outside): Promise<Seen> {
  const startOfLoad = await LoadRun.ofGameDay(plan, runtime).startAt();
  const { errorRate, latency, alarms, budgetUsd } = guard;
  const newest = await newestLoad(plan, [errorRate, latency], startOfLoad, runtime);
  const errors = errorRate && newest(errorRate.forSeconds);
  const latencies = latency && newest(latency.forSeconds);
  return {
    errors: errors && { requests: errors.count, failed: failedIn(errors) },
    latencyMs: latency && latencies && sketchQuantile(latencies.latency, QUANTILES[latency.percentile]),
    alarms: alarms ? await statesOfAlarms(alarms, runtime) : [],
    spentUsd:
      budgetUsd === undefined
        ? undefined
        : estimateCostSoFar(plan, { now: runtime.clock.now(), startOfLoad }).estimatedUsd,
  };
}

const QUANTILES = { p50: 0.5, p90: 0.9, p99: 0.99 } as const;

/**
 * Gives the requests of the newest seconds that are in the bucket for certain; undefined while the load has not lasted so
 * long. A block that is missing is left out: that a shard was lost is for others to say.
 */
async function newestLoad(
  plan: Plan,
  limits: readonly ({ forSeconds: number } | undefined)[],
  startOfLoad: Date | undefined,
  { results, clock }: Outside,
) {
  const longest = Math.max(0, ...limits.map((limit) => limit?.forSeconds ?? 0));
  const blockMs = BLOCK_SECONDS * 1000;
  const to = Math.floor((clock.now().getTime() - sealSeconds(plan) * 1000) / blockMs) * blockMs;
  const known = startOfLoad && longest > 0 ? await results.blocks(plan.id, to - longest * 1000, to) : [];
  return (seconds: number) => {
    const from = to - seconds * 1000;
    const blocks = known.filter((block) => block.start * 1000 >= from);
    return startOfLoad && startOfLoad.getTime() <= from && blocks.length > 0 ? mergeBlocks(blocks) : undefined;
  };
}
