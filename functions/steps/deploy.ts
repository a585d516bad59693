import * as z from "zod";
import { Plan } from "../../workflows/state.ts";
import type { Change } from "../journal/entry.ts";
import { faultOfChange } from "../journal/undo.ts";
import { step } from "../runtime/step.ts";

/** Brings the target to the revision under test, as the drill says. Journalled and undone like a fault. */
export const deploy = step("Deploy", z.object({ plan: Plan }), async ({ plan }, runtime) => {
  const change: Change = { kind: "deployment", deployment: plan.deploy };
  const fault = faultOfChange(change, plan, runtime);
  if (!fault) return { kind: plan.deploy.kind };
  const { journal } = runtime;
  const entry =
    (await journal.find(plan.id, change)) ?? (await journal.intend(plan.id, change, await fault.snapshot()));
  await fault.apply(entry.before);
  await journal.applied(entry);
  return { kind: plan.deploy.kind };
});
