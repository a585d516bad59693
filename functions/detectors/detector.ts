import type { ComparisonBlock } from "../../analysis/series.ts";
import type { Plan, PlannedExpectation, PlannedFault } from "../../workflows/state.ts";
import type { Runtime } from "../runtime/step.ts";

/** The window in which a fault should be noticed. Times are Unix milliseconds. */
export interface FaultWindow {
  readonly plan: Plan;
  readonly fault: PlannedFault;
  readonly baseline: readonly ComparisonBlock[];
  readonly baselineFrom: number;
  readonly inEffectAt: number;
  /** When the undo began; while the fault lasts, up to when load has been measured. */
  readonly faultUntil: number;
  /** Until when an alarm counts: metrics arrive late, so the recovery belongs to it. */
  readonly listenUntil: number;
  /** The fault is over, so that a gap at the window's end is a gap. */
  readonly over: boolean;
}

/** What a detector says of a fault. */
export interface Finding {
  readonly outcome: "detected" | "not-detected" | "could-not-tell";
  /** Unix milliseconds. */
  readonly detectedAt?: number;
  readonly detail: string;
}

/** Something that should notice. Looks at what it recorded; may be asked as often as one likes. */
export type Detector = (window: FaultWindow, runtime: Runtime, asked: Asked) => Promise<Finding>;

/** What of the drill's expectation is for the detector itself. */
export type Asked = Pick<PlannedExpectation, "pattern">;
