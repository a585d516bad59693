import type { Conflict, Plan } from "../../workflows/state.ts";
import { type Change, type Entry, isOpen } from "../journal/entry.ts";
import type { Journal } from "../journal/journal.ts";
import type { Runtime } from "../runtime/step.ts";
import { kindOf } from "./index.ts";
import type { Afterwards, Proof, Restoration, Scene } from "./kind.ts";

type Before = Entry["before"];
type Outside = Pick<Runtime, "clients" | "clock" | "configuration" | "journal" | "leases" | "results">;

/** The verbs of a change in the journal: what that holds as `before` is parsed by the kind that wrote it. */
export interface Verbs {
  apply(): Promise<void>;
  /** Where nobody waits for a change, it counts as acting once it is made. */
  prove(): Promise<Proof>;
  lasts(): Promise<void>;
  afterwards(acted: { readonly from: number; readonly to: number }): Promise<Afterwards>;
  undo(): Promise<Conflict[]>;
  check(): Promise<Restoration>;
  byHand(): string[];
}

/** What stands before a change. Only reads, and refuses what cannot be changed or would change nothing. */
export function snapshotOf(change: Change, plan: Plan, runtime: Outside): Promise<Before> {
  const { kind, spec } = kindOf(change);
  return kind.snapshot(spec, sceneOf(change, plan, runtime, "mayChange")) as Promise<Before>;
}

export function changeIn(entry: Entry, plan: Plan, runtime: Outside): Verbs {
  const { kind, spec } = kindOf(entry.change);
  const before = () => kind.before.parse(entry.before);
  const changing = sceneOf(entry.change, plan, runtime, "mayChange", entry);
  const undoing = sceneOf(entry.change, plan, runtime, "mayUndo", entry);
  return {
    apply: () => kind.apply(spec, before(), changing),
    prove: async () => (await kind.prove?.(spec, before(), changing)) ?? { acting: true, evidence: [] },
    lasts: async () => kind.lasts?.(spec, before(), changing),
    afterwards: async (acted) => (await kind.afterwards?.(spec, before(), undoing, acted)) ?? { evidence: [] },
    undo: () => kind.undo(spec, before(), undoing),
    check: () => kind.check(spec, before(), undoing),
    byHand: () => kind.byHand(spec, before(), undoing),
  };
}

/** Writes down what stands before the change, then makes it. Attempted again, it is the same change. */
export async function makeChange(change: Change, plan: Plan, runtime: Outside): Promise<Entry> {
  const { journal } = runtime;
  const entry = await journal.begin(plan.id, change, () => snapshotOf(change, plan, runtime));
  await changeIn(entry, plan, runtime).apply();
  await journal.applied(entry);
  return entry;
}

/** Takes a change back and writes down what came of it. An entry that is closed stays as it is. */
export async function takeBack(entry: Entry, { undo }: Pick<Verbs, "undo">, journal: Journal): Promise<Conflict[]> {
  const conflicts = await undo();
  // A change that was intended and not made has nothing of ours in it, so what is found is nobody's conflict.
  if (isOpen(entry)) await journal.undone(entry, entry.state === "applied" ? conflicts : []);
  return conflicts;
}

function sceneOf(
  change: Change,
  plan: Plan,
  { clients, clock, configuration, journal, leases, results }: Outside,
  fence: "mayChange" | "mayUndo",
  entry?: Entry,
): Scene {
  return {
    clients,
    target: plan.target,
    fence: () => leases[fence](plan.target.name, plan.id),
    place: {
      plan,
      clock,
      configuration,
      results,
      ...(change.kind === "fault" ? { fault: change.fault } : {}),
      ...(entry ? { entry } : {}),
      writeDown: async (made) => entry && journal.made(entry, made),
    },
  };
}
