import * as z from "zod";
import { Plan } from "../../workflows/state.ts";
import { isOpen } from "../journal/entry.ts";
import { undoOf } from "../journal/undo.ts";
import { NotRestored } from "../runtime/errors.ts";
import { step } from "../runtime/step.ts";

/** Puts back everything that the journal names, newest first. One that fails does not keep the others from being tried. */
export const rollBack = step("RollBack", z.object({ plan: Plan }), async ({ plan }, runtime) => {
  const entries = (await runtime.journal.read(plan.id)).reverse();
  // Closed ones too: a step that was given up on may have acted after its undo. Undoing twice changes nothing.
  const changes = entries.filter((entry) => entry.change.kind !== "load");
  const failures: string[] = [];
  for (const entry of changes) {
    try {
      const conflicts = await undoOf(entry, plan, runtime).undo();
      // A change that was intended and not made has nothing of ours in it, so what is found is nobody's conflict.
      if (isOpen(entry)) await runtime.journal.undone(entry, entry.state === "applied" ? conflicts : []);
    } catch (error) {
      failures.push(`${entry.id}: ${(error as Error).message}`);
    }
  }
  if (failures.length > 0) {
    throw new NotRestored(
      `${changes.length} changes to be put back`,
      failures.join("; "),
      "It is tried again; if that fails too, the report says how to do it by hand.",
    );
  }
  return { undone: changes.map((entry) => entry.id) };
});
