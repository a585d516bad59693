import type * as z from "zod";
import type { ProvenFault } from "../../workflows/state.ts";
import { LONGEST_SETTLING_MS } from "../changes/kind.ts";
import { changeIn } from "../changes/verbs.ts";
import { entryOfFault, FaultInput } from "../journal/fault-entry.ts";
import { checkGuard } from "../load/guard.ts";
import { NotProven } from "../runtime/errors.ts";
import { step } from "../runtime/step.ts";

/** One look: does the fault act? Time to detect counts from the look that saw it. */
export const proveFault = step(
  "ProveFault",
  FaultInput,
  async ({ plan, fault: planned }, runtime): Promise<z.infer<typeof ProvenFault>> => {
    const { journal, clock } = runtime;
    await checkGuard(plan, runtime);
    const entry = await entryOfFault(plan, planned, journal);
    if (entry.inEffectAt) return { done: true, waitSeconds: 1, saw: "in effect", inEffectAt: entry.inEffectAt };
    const { acting, evidence, waitSeconds = 1 } = await changeIn(entry, plan, runtime).prove();
    const now = clock.now();
    if (acting) {
      await journal.inEffect(entry, now, evidence);
      return { done: true, waitSeconds: 1, saw: evidence.join("; "), inEffectAt: now.toISOString() };
    }
    const rampMs = (planned.ramp?.upSeconds ?? 0) * 1000;
    if (now.getTime() - Date.parse(entry.intendedAt) > LONGEST_SETTLING_MS + rampMs) {
      throw new NotProven(
        `evidence that fault "${planned.name}" acts`,
        evidence.join("; "),
        "Without it the game day says nothing; everything is put back.",
      );
    }
    return { done: false, waitSeconds, saw: evidence.join("; ") };
  },
);
