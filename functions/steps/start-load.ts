import * as z from "zod";
import type { LoadOrder } from "../../loadgen/order.ts";
import { segmentsOf } from "../../loadgen/segments.ts";
import { loadOrderKey } from "../../workflows/names.ts";
import { type LoadSection, Plan } from "../../workflows/state.ts";
import { startedByOf, startShard } from "../load/tasks.ts";
import { step } from "../runtime/step.ts";

/** Starts one Fargate task a shard. Each brings k6 up paused and says that it is ready. */
export const startLoad = step(
  "StartLoad",
  z.object({ plan: Plan }),
  async ({ plan }, runtime): Promise<LoadSection> => {
    const { shards } = plan.load;
    const order: LoadOrder = { gameDay: plan.id, load: plan.load, ...segmentsOf(shards) };
    await runtime.results.putJson(loadOrderKey(plan.id), order);
    const change = { kind: "load", startedBy: startedByOf(plan.id), shards } as const;
    const entry = await runtime.journal.intend(plan.id, change, null);
    const tasks: string[] = [];
    for (let shard = 0; shard < shards; shard++) {
      await runtime.leases.mayChange(plan.target.name, plan.id);
      tasks.push(await startShard(plan.id, shard, runtime));
    }
    await runtime.journal.applied(entry);
    return { entry: entry.id, tasks };
  },
);
