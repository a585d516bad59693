import * as z from "zod";
import { Failure, type Look, Plan } from "../../workflows/state.ts";
import { endOfChange } from "../changes/on-stack.ts";
import { takeBack } from "../changes/verbs.ts";
import { type Entry, isStack } from "../journal/entry.ts";
import { ChangedMeanwhile, NotRestored, nameServiceError, Transient } from "../runtime/errors.ts";
import { Patient, patience } from "../runtime/patience.ts";
import { type Runtime, step } from "../runtime/step.ts";

/** The whole state: with a failure in it, or in the safety net, a step that was given up on may still act. */
const RollBackInput = z.object({
  plan: Plan,
  failure: Failure.optional(),
  interruption: z.object({ status: z.string() }).optional(),
  rolledBack: Patient.optional(),
});
type RollBackInput = z.infer<typeof RollBackInput>;

/**
 * One look: puts back everything that the journal names, newest first, and is done when all of it is back in effect and
 * nobody can be at it any more. An entry that fails does not keep the others from being tried.
 */
export const rollBack = step("RollBack", RollBackInput, async (input, runtime): Promise<Look & { since: string }> => {
  const { plan, rolledBack } = input;
  const { since, elapsedMs, exhausted } = patience(rolledBack, plan, runtime.clock.now());
  const entries = (await runtime.journal.read(plan.id)).reverse();
  // StopLoad ends the load; before a stack goes nobody may be sending requests to it any more.
  const changes = plan.stack ? entries : entries.filter(({ change }) => change.kind !== "load");
  const look = (waitSeconds: number, saw: string) => ({ done: false, waitSeconds, saw, since });

  const troubles: Trouble[] = [];
  const hurried = elapsedMs > (plan.patienceSeconds * 1000) / 2;
  for (const entry of changes) {
    const waits = isStack(entry.change) && troubles.length > 0 && !hurried;
    troubles.push(...(waits ? [AFTER_THE_REST] : await putBack(entry, plan, runtime)));
  }
  if (troubles.length > 0) {
    const texts = troubles.map(({ text }) => text).join("; ");
    if (exhausted || troubles.every(({ passing }) => !passing)) {
      throw new NotRestored(`${changes.length} changes to be put back`, texts, "The report says how to do it by hand.");
    }
    return look(Math.min(plan.watchSeconds, 10), texts);
  }
  const left = stragglersLeftMs(input, changes, elapsedMs, runtime.clock.now());
  return left > 0
    ? look(nextLookSeconds(left, elapsedMs), "put back; a step that was given up on may still act: looking again")
    : { done: true, waitSeconds: 1, saw: `${changes.length} changes are back as they were`, since };
});

const SOONEST_LOOK_SECONDS = 10;

/** After as long again as it has taken so far: what shows late, such as an experiment, does not wait for the very end. */
const nextLookSeconds = (leftMs: number, elapsedMs: number) =>
  Math.ceil(Math.min(leftMs / 1000, Math.max(SOONEST_LOOK_SECONDS, elapsedMs / 1000)));

interface Trouble {
  readonly text: string;
  /** May be over at the next look. */
  readonly passing: boolean;
}

/** A stack goes last. It goes all the same when its half of the patience begins: what is on it goes with it. */
const AFTER_THE_REST: Trouble = { text: "the stack goes when all else is put back", passing: true };

/** Closed entries too: a step that was given up on may have acted after its undo. Undoing twice changes nothing. */
async function putBack(entry: Entry, plan: Plan, runtime: Runtime): Promise<Trouble[]> {
  try {
    const end = endOfChange(entry, plan, runtime);
    await takeBack(entry, end, runtime.journal);
    const { settled, checks } = await end.check();
    if (!settled) return [{ text: `${entry.id}: being put back`, passing: true }];
    const wrong = checks.filter((check) => !check.ok);
    if (wrong.length === 0 && isStack(entry.change) && !entry.restoredAt) {
      await runtime.journal.restored(entry, runtime.clock.now());
    }
    return wrong.map((check) => ({ text: `${check.what}: ${check.detail}`, passing: true }));
  } catch (error) {
    const named = nameServiceError(error);
    const passing = named instanceof Transient || named instanceof ChangedMeanwhile;
    return [{ text: `${entry.id}: ${(error as Error).message}`, passing }];
  }
}

/**
 * How long a step may still act that was given up on. After a failure nobody knows which one does, so it counts from the
 * first look; when all went well it counts from the last change, which usually lies further back.
 */
function stragglersLeftMs(
  { plan, failure, interruption }: RollBackInput,
  changes: readonly Entry[],
  elapsedMs: number,
  now: Date,
): number {
  const stragglersMs = plan.stragglerSeconds * 1000;
  if (failure || interruption) return stragglersMs - elapsedMs;
  const lastChange = Math.max(0, ...changes.map(({ appliedAt, intendedAt }) => Date.parse(appliedAt ?? intendedAt)));
  return lastChange + stragglersMs - now.getTime();
}
