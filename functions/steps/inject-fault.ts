import type * as z from "zod";
import type { InjectedFault } from "../../workflows/state.ts";
import { makeChange } from "../changes/verbs.ts";
import { faultChange } from "../journal/entry.ts";
import { FaultInput } from "../journal/fault-entry.ts";
import { step } from "../runtime/step.ts";

/** Writes down what stands before the change, then makes it. */
export const injectFault = step(
  "InjectFault",
  FaultInput,
  async ({ plan, fault }, runtime): Promise<z.infer<typeof InjectedFault>> => {
    const entry = await makeChange(faultChange(fault), plan, runtime);
    return { entry: entry.id };
  },
);
