import * as z from "zod";
import { resultKey } from "../../workflows/names.ts";
import { type Look, Plan, type Restored } from "../../workflows/state.ts";
import type { Restoration } from "../changes/kind.ts";
import { endOfChange } from "../changes/on-stack.ts";
import type { Entry } from "../journal/entry.ts";
import { isOpen } from "../journal/entry.ts";
import { nameServiceError, Transient } from "../runtime/errors.ts";
import { Patient, patience } from "../runtime/patience.ts";
import { type Runtime, step } from "../runtime/step.ts";

/**
 * One look at everything that the journal names: is it back as it was, and in effect? RollBack and StopLoad have waited
 * for that; this looks once more, independently, and what it saw last is written down. Until it is, or patience ends,
 * they are called again.
 */
export const verifyRestored = step(
  "VerifyRestored",
  z.object({ plan: Plan, restored: Patient.optional() }),
  async ({ plan, restored: loop }, runtime): Promise<Look & { ok: boolean; since: string }> => {
    const { results, journal, clock } = runtime;
    const { since, exhausted } = patience(loop, plan, clock.now());
    const entries = await journal.read(plan.id);
    const looked = await Promise.all(entries.map((entry) => lookAt(entry, plan, runtime)));
    const checks = looked.flatMap((entry) => entry.checks);
    const restored: Restored = {
      ok: checks.every((check) => check.ok) && !entries.some(isOpen),
      checks,
      conflicts: entries.flatMap((entry) => entry.conflicts),
      byHand: entries
        .filter((entry, index) => isOpen(entry) || looked[index]?.checks.some((check) => !check.ok))
        .flatMap((entry) => endOfChange(entry, plan, runtime).byHand()),
    };
    await results.putJson(resultKey(plan.id, "restored.json"), restored);
    return {
      done: exhausted || restored.ok,
      waitSeconds: Math.max(Math.min(plan.watchSeconds, 5), ...looked.map(({ waitSeconds = 0 }) => waitSeconds)),
      ok: restored.ok,
      saw: restored.ok ? `${checks.length} checks, all as before` : "not yet everything as before",
      since,
    };
  },
);

async function lookAt(entry: Entry, plan: Plan, runtime: Runtime): Promise<Restoration> {
  try {
    return await endOfChange(entry, plan, runtime).check();
  } catch (error) {
    if (nameServiceError(error) instanceof Transient) throw error;
    // What cannot be looked at cannot be called restored.
    return { settled: true, checks: [{ what: `${entry.id} can be looked at`, ok: false, detail: String(error) }] };
  }
}
