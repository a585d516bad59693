import type { Block } from "../loadgen/blocks.ts";
import { estimateCost } from "../workflows/cost.ts";
import { wordingOf } from "../workflows/faults.ts";
import { noticesOf } from "../workflows/notices.ts";
import type { FaultResult, MeasureResult, Result } from "../workflows/result.ts";
import type { Failure, Plan, PlannedFault, Restored } from "../workflows/state.ts";
import { compareWithExpectation } from "./expectation.ts";
import type { Finding } from "./finding.ts";
import { loadTotals, phasesOf } from "./phases.ts";
import type { Recovery } from "./recovery.ts";
import { judgeGameDay } from "./verdict.ts";

/** What is known of one fault. Moments are ISO 8601. */
export interface FaultEvidence {
  readonly fault: PlannedFault;
  /** Absent when it was never in effect, or there is no baseline to compare with. */
  readonly acted?: {
    readonly inEffectAt: string;
    readonly evidence: readonly string[];
    /** Why it has to be taken for a fault that did nothing. */
    readonly ineffective?: string;
    /** What each detector said, in the order of the fault's expectations. */
    readonly findings: readonly Finding[];
    readonly measures: MeasureResult[];
  };
  /** When its undo was in effect. */
  readonly restoredAt?: string | undefined;
  /** Absent when the undo was not seen to be in effect under load. */
  readonly recovery?: Recovery | undefined;
}

/** What a game day has left for the judgement, as far as it got. */
export interface GameDayEvidence extends Pick<Result, "deployed" | "transitions" | "real" | "played" | "environment"> {
  readonly plan: Plan;
  /** Unix milliseconds. */
  readonly now: number;
  /** When the load was released, Unix milliseconds. */
  readonly startOfLoad: number | undefined;
  readonly baseline: { readonly from: number; readonly to: number; readonly warnings: readonly string[] } | undefined;
  readonly blocks: readonly Block[];
  /** Unix milliseconds of each shard's first request. */
  readonly firstRequests: readonly number[];
  /** Absent when it was not verified. */
  readonly restored: Restored | undefined;
  readonly failure: Failure | undefined;
  /** The status of an execution that is gone. */
  readonly interruption: string | undefined;
}

/** What a game day that could not verify its restoration has to be taken for. */
const UNVERIFIED: Restored = {
  ok: false,
  checks: [{ what: "everything is back as it was", ok: false, detail: "it could not be looked at" }],
  conflicts: [],
  byHand: [],
};

/** `result.json` without its sentence. */
export function judgeEvidence(evidence: GameDayEvidence, faults: FaultResult[]): Omit<Result, "sentence"> {
  const { plan, now, baseline, blocks, firstRequests, failure, interruption, deployed } = evidence;
  const phases = phasesOf({ ...evidence, faults });
  const judged = {
    faults,
    load: loadTotals({ plan, blocks, phases, firstRequests }),
    restored: evidence.restored ?? UNVERIFIED,
  };
  return {
    id: plan.id,
    drill: plan.drill,
    title: plan.title,
    hypothesis: plan.hypothesis,
    target: plan.target.name,
    profile: plan.profile,
    ...(deployed ? { deployed } : {}),
    ...judgeGameDay(judged, { failure, interruption }),
    warnings: [...(baseline?.warnings ?? []), ...noticesOf(plan)],
    ...(failure ? { failure } : {}),
    startedAt: plan.startedAt,
    endedAt: new Date(now).toISOString(),
    ...judged,
    phases,
    cost: estimateCost(plan),
    transitions: evidence.transitions,
    real: evidence.real,
    played: evidence.played,
    environment: evidence.environment,
  };
}

/** What became of one fault: who noticed, what was measured, whether the system recovered. */
export function judgeFault({ fault, acted, restoredAt, recovery }: FaultEvidence): FaultResult {
  const commons = { name: fault.name, kind: fault.spec.kind, change: wordingOf(fault.spec).change };
  const undone = restoredAt === undefined ? {} : { undoneAt: restoredAt };
  if (!acted) {
    return {
      ...commons,
      evidence: [],
      detections: [],
      measures: [],
      recovered: false,
      recovery: "the fault never acted",
      ...undone,
    };
  }
  const { inEffectAt, evidence, ineffective, findings, measures } = acted;
  return {
    ...commons,
    injectedAt: inEffectAt,
    evidence: [...evidence],
    ...(ineffective === undefined ? {} : { ineffective }),
    detections: fault.expect.map((expectation, index) =>
      compareWithExpectation(expectation, findings[index]!, Date.parse(inEffectAt)),
    ),
    measures,
    ...undone,
    ...recoveryOf(recovery),
  };
}

function recoveryOf(recovery: Recovery | undefined): Pick<FaultResult, "recovered" | "secondsToRecover" | "recovery"> {
  if (!recovery) return { recovered: false, recovery: "the undo was not seen to be in effect under load" };
  const { recovered, secondsToRecover, detail } = recovery;
  return { recovered, ...(secondsToRecover === undefined ? {} : { secondsToRecover }), recovery: detail };
}
