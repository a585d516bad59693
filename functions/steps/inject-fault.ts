import type * as z from "zod";
import type { InjectedFault } from "../../workflows/state.ts";
import { faultOf } from "../changes/index.ts";
import type { Change } from "../journal/entry.ts";
import { FaultInput } from "../journal/fault-entry.ts";
import { step } from "../runtime/step.ts";

/** Writes down what stands before the change, then makes it. */
export const injectFault = step(
  "InjectFault",
  FaultInput,
  async ({ plan, fault: planned }, runtime): Promise<z.infer<typeof InjectedFault>> => {
    const { journal } = runtime;
    const fault = faultOf(planned, plan, runtime);
    const change: Change = { kind: "fault", fault: planned };
    // A repeated attempt must not take the faulted state for "before".
    const entry =
      (await journal.find(plan.id, change)) ?? (await journal.intend(plan.id, change, await fault.snapshot()));
    await fault.apply(entry.before);
    await journal.applied(entry);
    return { entry: entry.id };
  },
);
