import * as z from "zod";
import { Plan } from "../../workflows/state.ts";
import { step } from "../runtime/step.ts";

/** Takes the right to touch the target; refused by the name of whoever has it. */
export const acquireLease = step("AcquireLease", z.object({ plan: Plan }), async ({ plan }, { leases }) => {
  const lease = await leases.acquire(plan.target.name, plan, new Date(plan.deadline));
  return { target: lease.target, holder: lease.holder, until: plan.deadline };
});
