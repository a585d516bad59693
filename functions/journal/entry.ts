import * as z from "zod";
import { Conflict, Deployment, PlannedFault } from "../../workflows/state.ts";

/** One change that gameday makes. Every kind has its verbs in `functions/changes` or `functions/load`. */
export const Change = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("fault"), fault: PlannedFault }),
  z.object({ kind: z.literal("deployment"), deployment: Deployment }),
  z.object({ kind: z.literal("load"), startedBy: z.string(), shards: z.int() }),
]);
export type Change = z.infer<typeof Change>;

/**
 * intended: written down, perhaps made · applied: made · undone: put back as it was · conflict: put back what was still
 * ours, the rest belongs to somebody else by now.
 */
export const EntryState = z.enum(["intended", "applied", "undone", "conflict"]);
export type EntryState = z.infer<typeof EntryState>;

/** The write-ahead record of one change. */
export const Entry = z.object({
  gameDay: z.string(),
  /** Ordered as the changes are made; the same change has the same id however often it is attempted. */
  id: z.string(),
  change: Change,
  /** What stood before, as the change's kind wrote it. Never holds values of variables that are not ours. */
  before: z.json(),
  state: EntryState,
  intendedAt: z.iso.datetime(),
  appliedAt: z.iso.datetime().optional(),
  /** When the change was seen to be in effect. */
  inEffectAt: z.iso.datetime().optional(),
  evidence: z.array(z.string()).default([]),
  /** When putting it back began. */
  undoneAt: z.iso.datetime().optional(),
  /** When it was seen to be back in effect. */
  restoredAt: z.iso.datetime().optional(),
  conflicts: z.array(Conflict).default([]),
});
export type Entry = z.infer<typeof Entry>;

/** The id of a change's entry: deployment first, then load, then faults in their order. */
export function entryId(change: Change): string {
  switch (change.kind) {
    case "deployment":
      return "10-deployment";
    case "load":
      return "20-load";
    case "fault":
      return `30-fault-${String(change.fault.index).padStart(2, "0")}`;
  }
}

export const isOpen = (entry: Entry): boolean => entry.state === "intended" || entry.state === "applied";
