import * as z from "zod";
import { Conflict, Deployment, type Plan, PlannedFault } from "../../workflows/state.ts";

/** One change that gameday makes. Every kind has its verbs in `functions/changes`. */
export const Change = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("fault"), fault: PlannedFault }),
  z.object({ kind: z.literal("deployment"), deployment: Deployment }),
  z.object({ kind: z.literal("load"), shards: z.int() }),
]);
export type Change = z.infer<typeof Change>;

export const faultChange = (fault: PlannedFault): Change => ({ kind: "fault", fault });
export const deploymentChange = ({ deploy }: Plan): Change => ({ kind: "deployment", deployment: deploy });
export const loadChange = ({ load }: Plan): Change => ({ kind: "load", shards: load.shards });

/** Everything else stands on it: it goes last, and takes with it what is on it. */
export const isStack = (change: Change): boolean => change.kind === "deployment" && change.deployment.kind === "stack";

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
  /** ARNs of what the change has made of its own, as far as AWS has told: its load tasks. */
  made: z.array(z.string()).default([]),
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
