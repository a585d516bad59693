import { changeIn, takeBack } from "../changes/verbs.ts";
import { isOpen } from "../journal/entry.ts";
import { entryOfFault, FaultInput } from "../journal/fault-entry.ts";
import { step } from "../runtime/step.ts";

/** Puts back what is still ours; what is somebody else's by now is named. */
export const undoFault = step("UndoFault", FaultInput, async ({ plan, fault }, runtime) => {
  const entry = await entryOfFault(plan, fault, runtime.journal);
  if (!isOpen(entry)) return { conflicts: entry.conflicts.length };
  const conflicts = await takeBack(entry, changeIn(entry, plan, runtime), runtime.journal);
  return { conflicts: conflicts.length };
});
