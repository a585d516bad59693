import * as z from "zod";
import { resultKey } from "../../loadgen/keys.ts";
import { type Look, Plan, type Restored } from "../../workflows/state.ts";
import { LONGEST_SETTLING_MS } from "../faults/kind.ts";
import type { Entry } from "../journal/entry.ts";
import { isOpen } from "../journal/entry.ts";
import { undoOf } from "../journal/undo.ts";
import { type Runtime, step } from "../runtime/step.ts";

/** One look at everything the journal names: is it back as it was, and in effect? The last look is written down. */
export const verifyRestored = step(
  "VerifyRestored",
  z.object({ plan: Plan }),
  async ({ plan }, runtime): Promise<Look & { ok: boolean }> => {
    const { results, journal } = runtime;
    const entries = await journal.read(plan.id);
    const looked = await Promise.all(entries.map((entry) => lookAt(entry, plan, runtime)));
    const settled = looked.every((entry) => entry.settled) || sinceLastUndoMs(entries, runtime) > LONGEST_SETTLING_MS;
    const checks = looked.flatMap((entry) => entry.checks);
    const restored: Restored = {
      ok: checks.every((check) => check.ok) && !entries.some(isOpen),
      checks,
      conflicts: entries.flatMap((entry) => entry.conflicts),
      byHand: entries
        .filter((entry, index) => isOpen(entry) || looked[index]?.checks.some((check) => !check.ok))
        .flatMap((entry) => undoOf(entry, plan, runtime).byHand()),
    };
    await results.putJson(resultKey(plan.id, "restored.json"), restored);
    return {
      done: settled,
      waitSeconds: 1,
      ok: restored.ok,
      saw: restored.ok ? `${checks.length} checks, all as before` : "not yet everything as before",
    };
  },
);

async function lookAt(entry: Entry, plan: Plan, runtime: Runtime) {
  try {
    return await undoOf(entry, plan, runtime).check();
  } catch (error) {
    // What cannot be looked at cannot be called restored.
    return { settled: true, checks: [{ what: `${entry.id} can be looked at`, ok: false, detail: String(error) }] };
  }
}

function sinceLastUndoMs(entries: readonly Entry[], { clock }: Runtime): number {
  const undone = entries.map((entry) => (entry.undoneAt ? Date.parse(entry.undoneAt) : 0));
  return clock.now().getTime() - Math.max(0, ...undone);
}
