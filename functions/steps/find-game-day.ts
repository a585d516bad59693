import * as z from "zod";
import { planKey } from "../../loadgen/keys.ts";
import { Plan } from "../../workflows/state.ts";
import { step } from "../runtime/step.ts";

/** What the rule in `infra/game-day-stack.ts` makes of the event. */
const EndedExecution = z.object({ execution: z.string().min(1), status: z.string() });

/** Finds what an execution that is gone was doing. It is done with when it no longer holds the target. */
export const findGameDay = step("FindGameDay", EndedExecution, async ({ execution, status }, { results, leases }) => {
  const plan = await results.getJson(planKey(execution), Plan);
  if (!plan) return { needed: false };
  const lease = await leases.read(plan.target.name);
  const needed = lease?.holder === plan.id && lease.quarantine === undefined;
  return { needed, plan, interruption: { status } };
});
