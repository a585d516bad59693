import type * as z from "zod";
import type { Check, Conflict, Plan, PlannedFault, Target } from "../../workflows/state.ts";
import type { Entry } from "../journal/entry.ts";
import type { Clients } from "../runtime/clients.ts";
import type { Runtime } from "../runtime/step.ts";

/** What the verbs of a change act on and with. */
export interface Scene {
  readonly clients: Clients;
  readonly target: Target;
  /**
   * Throws `LeaseLost` when the target is not the game day's any more. Called after reading and right before writing: with
   * a compare-and-set on what was read, nothing is written over what another game day did in between.
   */
  readonly fence: () => Promise<void>;
  /** Absent where only settings are looked at, which are found by the target's description. */
  readonly place?: Place;
}

/** The change's place in its game day: for kinds that make something of their own, which has to be found again. */
export interface Place extends Pick<Runtime, "clock" | "configuration" | "results"> {
  readonly plan: Plan;
  /** Absent where the change is no fault. */
  readonly fault?: PlannedFault;
  /** Its entry in the journal; absent before it is written. */
  readonly entry?: Pick<Entry, "intendedAt" | "made">;
  /** Writes down in that entry what the change has made of its own. */
  readonly writeDown: (made: readonly string[]) => Promise<void>;
}

/**
 * Changes to Lambda are in effect within seconds, a load task is up within a minute or so; what is not after this many
 * milliseconds will not be.
 */
export const LONGEST_SETTLING_MS = 180_000;

export interface Proof {
  /** The change is seen to act. */
  acting: boolean;
  evidence: string[];
  /** When another look is worth it; default: in a second. */
  waitSeconds?: number;
}

export interface Afterwards {
  readonly evidence: string[];
  /** Why it has to be taken for a fault that did nothing. */
  readonly ineffective?: string;
}

export interface Restoration {
  /** Nothing is under way any more, so that `checks` are final. */
  settled: boolean;
  checks: Check[];
  /** When it will be settled, if that is known. */
  waitSeconds?: number;
}

/**
 * One kind of change. `before` is what {@link ChangeKind.snapshot} wrote into the journal: JSON, small, without secrets.
 * Every verb may be called again after it was interrupted.
 */
export interface ChangeKind<Spec, Before> {
  readonly before: z.ZodType<Before>;
  snapshot(spec: Spec, scene: Scene): Promise<Before>;
  /** Makes the change. Throws `ChangedMeanwhile` when what stands there is neither as before nor as intended. */
  apply(spec: Spec, before: Before, scene: Scene): Promise<void>;
  /** Absent where nobody waits until the change is in effect. Throws when it will not be. */
  prove?(spec: Spec, before: Before, scene: Scene): Promise<Proof>;
  /** Puts back what is still ours and names the rest. Done when nothing of ours is left. */
  undo(spec: Spec, before: Before, scene: Scene): Promise<Conflict[]>;
  /** Looks whether everything that was ours is as it was before, and in effect. */
  check(spec: Spec, before: Before, scene: Scene): Promise<Restoration>;
  /** Commands that do by hand what {@link ChangeKind.undo} does. */
  byHand(spec: Spec, before: Before, scene: Scene): string[];
}

/** A change that hurts: without proof that it acts the game day says nothing. */
export interface FaultKind<Spec, Before> extends ChangeKind<Spec, Before> {
  prove(spec: Spec, before: Before, scene: Scene): Promise<Proof>;
  /** For faults that can end by themselves: throws `NotProven` when this one has, before anybody undid it. */
  lasts?(spec: Spec, before: Before, scene: Scene): Promise<void>;
  /** What can be said only once the fault is over; absent where its proof has said it all. Times are Unix milliseconds. */
  afterwards?(
    spec: Spec,
    before: Before,
    scene: Scene,
    acted: { readonly from: number; readonly to: number },
  ): Promise<Afterwards>;
}
