import * as z from "zod";
import { type Look, Plan } from "../../workflows/state.ts";
import { changeIn, makeChange } from "../changes/verbs.ts";
import { deploymentChange } from "../journal/entry.ts";
import { step } from "../runtime/step.ts";

/**
 * One look: brings the target to the revision under test, as the drill says. Journalled and undone like a fault. All but a
 * stack is asked for in the first look, which is the last.
 */
export const deploy = step("Deploy", z.object({ plan: Plan }), async ({ plan }, runtime): Promise<Look> => {
  const { journal, clock } = runtime;
  const { kind } = plan.deploy;
  const done = (saw: string): Look => ({ done: true, waitSeconds: 1, saw });
  if (kind === "none") return done("nothing to deploy");
  const change = deploymentChange(plan);
  const known = await journal.find(plan.id, change);
  const entry = known && known.state !== "intended" ? known : await makeChange(change, plan, runtime);
  if (!plan.stack) return done(`deployed: ${kind}`);
  const look = (saw: string): Look => ({ done: false, waitSeconds: Math.min(plan.watchSeconds, 10), saw });
  if (entry !== known) return look(`stack ${plan.stack.stackName} is asked for`);
  const { acting, evidence } = await changeIn(entry, plan, runtime).prove();
  if (!acting) return look(evidence.join("; "));
  if (!entry.inEffectAt) await journal.inEffect(entry, clock.now(), evidence);
  return done(`stack ${plan.stack.stackName} is up`);
});
