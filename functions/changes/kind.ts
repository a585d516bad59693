import type * as z from "zod";
import type { Interval } from "../../analysis/series.ts";
import type { Ramp } from "../../workflows/fis.ts";
import type { PlannedLoad } from "../../workflows/load.ts";
import type { Check, Conflict, Target } from "../../workflows/state.ts";
import type { Clients } from "../runtime/clients.ts";
import type { Runtime } from "../runtime/step.ts";

/** What the verbs of a fault act on and with. */
export interface Scene {
  readonly clients: Clients;
  readonly target: Target;
  /**
   * Throws `LeaseLost` when the target is not the game day's any more. Called after reading and right before writing: with
   * a compare-and-set on what was read, nothing is written over what another game day did in between.
   */
  readonly fence: () => Promise<void>;
  /** Absent for a deployment, which is made and undone like a fault. */
  readonly occasion?: Occasion;
}

/** Which fault of which game day it is: for kinds that make something of their own, which has to be found again. */
export interface Occasion {
  readonly gameDay: string;
  /** Position in the drill, from 0. */
  readonly index: number;
  readonly durationSeconds: number;
  readonly ramp: Ramp;
  /** AWS names of the guard's alarms. */
  readonly stopAlarms: readonly string[];
  /** The role that FIS takes on. */
  readonly experimentRoleArn: string;
  readonly now: () => Date;
  /** Only for a surge: the load that it is, and where load is ordered. */
  readonly surge?: { readonly load: PlannedLoad } & Pick<Runtime, "configuration" | "results">;
}

/**
 * Changes to Lambda are in effect within seconds, a load task is up within a minute or so; what is not after this many
 * milliseconds will not be.
 */
export const LONGEST_SETTLING_MS = 180_000;

export interface Proof {
  /** The fault is seen to act. */
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
 * One kind of fault. `before` is what {@link FaultKind.snapshot} wrote into the journal: JSON, small, without secrets.
 * Every verb may be called again after it was interrupted.
 */
export interface FaultKind<Spec, Before> {
  readonly before: z.ZodType<Before>;
  snapshot(spec: Spec, scene: Scene): Promise<Before>;
  /** Makes the change. Throws `ChangedMeanwhile` when what stands there is neither as before nor as intended. */
  apply(spec: Spec, before: Before, scene: Scene): Promise<void>;
  prove(spec: Spec, before: Before, scene: Scene): Promise<Proof>;
  /** For faults that can end by themselves: throws `NotProven` when this one has, before anybody undid it. */
  lasts?(spec: Spec, before: Before, scene: Scene): Promise<void>;
  /** What can be said only once the fault is over; absent where its proof has said it all. */
  afterwards?(spec: Spec, before: Before, scene: Scene, fault: Interval): Promise<Afterwards>;
  /** Puts back what is still ours and names the rest. Done when nothing of ours is left. */
  undo(spec: Spec, before: Before, scene: Scene): Promise<Conflict[]>;
  /** Looks whether everything that was ours is as it was before, and in effect. */
  check(spec: Spec, before: Before, scene: Scene): Promise<Restoration>;
  /** Commands that do by hand what {@link FaultKind.undo} does. */
  byHand(spec: Spec, before: Before, scene: Scene): string[];
}
