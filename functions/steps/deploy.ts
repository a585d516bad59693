import * as z from "zod";
import { type Look, Plan } from "../../workflows/state.ts";
import { bringUp } from "../changes/stack.ts";
import type { Change } from "../journal/entry.ts";
import { faultOfChange } from "../journal/undo.ts";
import { step } from "../runtime/step.ts";

/**
 * One look: brings the target to the revision under test, as the drill says. Journalled and undone like a fault. All but a
 * stack is asked for in the first look, which is the last.
 */
export const deploy = step("Deploy", z.object({ plan: Plan }), async ({ plan }, runtime): Promise<Look> => {
  if (plan.stack) return bringUp(plan, plan.stack, runtime);
  const change: Change = { kind: "deployment", deployment: plan.deploy };
  const fault = faultOfChange(change, plan, runtime);
  if (!fault) return { done: true, waitSeconds: 1, saw: "nothing to deploy" };
  const { journal } = runtime;
  const entry =
    (await journal.find(plan.id, change)) ?? (await journal.intend(plan.id, change, await fault.snapshot()));
  await fault.apply(entry.before);
  await journal.applied(entry);
  return { done: true, waitSeconds: 1, saw: `deployed: ${plan.deploy.kind}` };
});
