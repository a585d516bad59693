import { judgeRecovery, type Recovery } from "../../analysis/recovery.ts";
import { comparisonBlocks } from "../../analysis/series.ts";
import type { Plan } from "../../workflows/state.ts";
import type { Results } from "../runtime/results.ts";
import type { Baseline } from "./baseline.ts";

/** The recovery from a fault whose undo came into effect at `restoredAt`, measured up to `until` (Unix milliseconds). */
export async function measureRecovery(
  { plan, baseline, restoredAt, until }: { plan: Plan; baseline: Baseline; restoredAt: number; until: number },
  results: Results,
): Promise<Recovery> {
  const deadline = restoredAt + plan.recovery.withinSeconds * 1000;
  const to = Math.min(until, deadline);
  const blocks = await results.blocks(plan.id, restoredAt, to);
  return judgeRecovery({
    baseline: baseline.blocks,
    recovery: comparisonBlocks(blocks, {
      from: restoredAt,
      to,
      seconds: plan.comparisonBlockSeconds,
      shards: plan.load.shards,
    }),
    undoneAt: restoredAt,
    margin: plan.recovery.margin,
    withinSeconds: plan.recovery.withinSeconds,
    complete: until >= deadline,
  });
}
