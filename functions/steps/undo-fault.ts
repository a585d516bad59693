import { faultOf } from "../changes/index.ts";
import { isOpen } from "../journal/entry.ts";
import { entryOfFault, FaultInput } from "../journal/fault-entry.ts";
import { step } from "../runtime/step.ts";

/** Puts back what is still ours; what is somebody else's by now is named. */
export const undoFault = step("UndoFault", FaultInput, async ({ plan, fault: planned }, runtime) => {
  const { journal } = runtime;
  const entry = await entryOfFault(plan, planned, journal);
  if (!isOpen(entry)) return { conflicts: entry.conflicts.length };
  const conflicts = await faultOf(planned, plan, runtime).undo(entry.before);
  await journal.undone(entry, conflicts);
  return { conflicts: conflicts.length };
});
