import type { Finding } from "../../analysis/finding.ts";
import type { FaultEvidence } from "../../analysis/judgement.ts";
import type { Plan, PlannedExpectation, PlannedFault } from "../../workflows/state.ts";
import { changeIn } from "../changes/verbs.ts";
import { type FaultWindow, wholeWindow } from "../detectors/fault-window.ts";
import { detectors } from "../detectors/index.ts";
import type { Entry } from "../journal/entry.ts";
import type { Baseline } from "../load/baseline.ts";
import { measureRecovery } from "../load/recovery.ts";
import { measureFault } from "../objectives/measures.ts";
import { nameServiceError, Transient } from "../runtime/errors.ts";
import type { Runtime } from "../runtime/step.ts";

export interface Records {
  readonly plan: Plan;
  readonly entries: readonly Entry[];
  readonly baseline: Baseline | undefined;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Asks everybody who may know something of the plan's faults, one after another. */
export async function collectFaults(records: Records, runtime: Runtime): Promise<FaultEvidence[]> {
  const collected: FaultEvidence[] = [];
  for (const fault of records.plan.faults) collected.push(await collectFault(fault, records, runtime));
  return collected;
}

async function collectFault(fault: PlannedFault, records: Records, runtime: Runtime): Promise<FaultEvidence> {
  const { plan, entries, baseline, now } = records;
  const entry = entries.find(({ change }) => change.kind === "fault" && change.fault.index === fault.index);
  if (!entry?.inEffectAt || !baseline) return { fault, restoredAt: entry?.restoredAt };
  const { inEffectAt, undoneAt, restoredAt } = entry;
  const window = wholeWindow({ plan, fault, baseline, inEffectAt }, undoneAt ? Date.parse(undoneAt) : now);
  const findings: Finding[] = [];
  for (const expectation of fault.expect) findings.push(await ask(expectation, window, runtime));
  const lasted = { from: window.inEffectAt, to: window.faultUntil };
  const { evidence, ...effect } = await changeIn(entry, plan, runtime).afterwards(lasted);
  const measures = await measureFault(fault, window, runtime);
  return {
    fault,
    acted: { inEffectAt, evidence: [...entry.evidence, ...evidence], ...effect, findings, measures },
    restoredAt,
    recovery:
      restoredAt === undefined
        ? undefined
        : await measureRecovery({ plan, baseline, restoredAt: Date.parse(restoredAt), until: now }, runtime.results),
  };
}

/** A game day that failed has taken its own target down before anybody was asked what they have noticed of it. */
async function ask(expectation: PlannedExpectation, window: FaultWindow, runtime: Runtime): Promise<Finding> {
  try {
    return await detectors[expectation.detector](window, runtime, expectation);
  } catch (error) {
    if (!window.plan.stack || nameServiceError(error) instanceof Transient) throw error;
    return { outcome: "could-not-tell", detail: `the target is gone with its stack: ${(error as Error).message}` };
  }
}
