import type { KilledAt } from "./failures.ts";

/** How a simulated game day, and everything around it, came out. */
export interface Outcome {
  readonly seed: number;
  readonly violations: readonly string[];
  /** What happened that could have left something behind, by name. */
  readonly crashPoints: Readonly<Record<string, number>>;
  /** From the end of a game day that left something behind to the moment at which nothing of it was left. */
  readonly restoreSeconds: number | undefined;
  readonly verdict: string | undefined;
  /** The target could not be put back, and waits for a person. */
  readonly quarantined: boolean;
  readonly reasons: readonly string[];
  readonly calls: number;
  /** The call at which it was stopped, if it was stopped at one. */
  readonly killedAt: KilledAt | undefined;
}
