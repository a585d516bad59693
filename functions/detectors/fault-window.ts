import type { ComparisonBlock } from "../../analysis/series.ts";
import type { Plan, PlannedFault } from "../../workflows/state.ts";
import type { Baseline } from "../load/baseline.ts";
import { sealSeconds } from "../load/watch.ts";

/** The interval in which a fault should be noticed. Times are Unix milliseconds. */
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

interface ActingFault {
  readonly plan: Plan;
  readonly fault: PlannedFault;
  readonly baseline: Baseline;
  /** ISO 8601. */
  readonly inEffectAt: string;
}

/** Of a fault that still lasts. */
export const windowSoFar = (fault: ActingFault, now: number): FaultWindow => ({
  ...beginOf(fault),
  faultUntil: now - sealSeconds(fault.plan) * 1000,
  listenUntil: now,
  over: false,
});

/** Of a fault whose undo began at `until`. */
export const wholeWindow = (fault: ActingFault, until: number): FaultWindow => ({
  ...beginOf(fault),
  faultUntil: until,
  listenUntil: until + fault.plan.recovery.withinSeconds * 1000,
  over: true,
});

const beginOf = ({ plan, fault, baseline, inEffectAt }: ActingFault) => ({
  plan,
  fault,
  baseline: baseline.blocks,
  baselineFrom: baseline.from,
  inEffectAt: Date.parse(inEffectAt),
});
