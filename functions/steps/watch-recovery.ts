import type { Look } from "../../workflows/state.ts";
import { LONGEST_SETTLING_MS, type Restoration } from "../changes/kind.ts";
import { changeIn } from "../changes/verbs.ts";
import type { Entry } from "../journal/entry.ts";
import { entryOfFault, FaultInput } from "../journal/fault-entry.ts";
import { readBaseline } from "../load/baseline.ts";
import { checkGuard } from "../load/guard.ts";
import { measureRecovery } from "../load/recovery.ts";
import { loadStillRuns, sealSeconds } from "../load/watch.ts";
import { NotRestored } from "../runtime/errors.ts";
import { type Runtime, step } from "../runtime/step.ts";

/** One look: is the undo in effect, and is the system as good as its baseline again? */
export const watchRecovery = step(
  "WatchRecovery",
  FaultInput,
  async ({ plan, fault: planned }, runtime): Promise<Look> => {
    await checkGuard(plan, runtime);
    await loadStillRuns(plan, runtime);
    const { journal, clock, results } = runtime;
    const entry = await entryOfFault(plan, planned, journal);
    const now = clock.now();
    if (!entry.restoredAt) {
      const restoration = await changeIn(entry, plan, runtime).check();
      const { settled, checks } = restoration;
      if (!settled || checks.some((check) => !check.ok)) return notInEffect(entry, restoration, runtime);
      await journal.restored(entry, now);
    }
    const restoredAt = entry.restoredAt ? Date.parse(entry.restoredAt) : now.getTime();
    const until = now.getTime() - sealSeconds(plan) * 1000;
    const recovery = await measureRecovery(
      { plan, baseline: await readBaseline(plan, results), restoredAt, until },
      results,
    );
    return { done: recovery.settled, waitSeconds: plan.watchSeconds, saw: recovery.detail };
  },
);

function notInEffect(entry: Entry, { checks, waitSeconds = 1 }: Restoration, { clock }: Runtime): Look {
  const details = checks.map((check) => check.detail).join("; ");
  if (clock.now().getTime() - Date.parse(entry.undoneAt ?? entry.intendedAt) > LONGEST_SETTLING_MS) {
    throw new NotRestored("the undo to be in effect", details, "Everything is put back once more.");
  }
  return { done: false, waitSeconds, saw: `undo under way: ${details}` };
}
