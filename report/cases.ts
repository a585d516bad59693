import { measureText } from "../analysis/objectives.ts";
import { failureText } from "../analysis/wording.ts";
import type { Detection, FaultResult, MeasureResult, Result } from "../workflows/result.ts";
import { conflictText, detectorName, firstReason, isControl } from "./wording.ts";

/** One thing that had to be so: an expectation of the drill, or what every game day has to show. */
export interface Case {
  /** The fault that it is about, or the game day. */
  readonly suite: string;
  readonly name: string;
  readonly seconds?: number | undefined;
  /** The system or its detectors did not do what was expected. */
  readonly failure?: string;
  /** Nothing can be said. */
  readonly error?: string;
  readonly skipped?: string;
}

export function casesOf(result: Result): Case[] {
  return [
    { suite: "game day", name: "ran to its end", ...unfinished(result) },
    { suite: "game day", name: "baseline steady", ...unsteady(result) },
    ...result.faults.flatMap((fault) => [
      ...fault.detections.map((detection) => expectation(fault, detection)),
      ...fault.measures.flatMap((measure) => objective(fault, measure) ?? []),
      recovery(fault),
    ]),
    { suite: "game day", name: "everything put back", ...notRestored(result) },
  ];
}

function unfinished(result: Result): Partial<Case> {
  if (result.verdict !== "invalid" && result.verdict !== "aborted") return {};
  return {
    error: `${result.verdict}: ${result.reasons.length > 0 ? result.reasons.join("\n") : (firstReason(result) ?? "no reason is known")}`,
  };
}

function unsteady({ failure, faults, phases }: Result): Partial<Case> {
  if (failure?.Error === "NotSteady") return { error: failureText(failure) };
  const judged = faults.some(({ injectedAt }) => injectedAt) || phases.some(({ name }) => name === "fault");
  return judged ? {} : { skipped: "the game day ended before the baseline was judged" };
}

function expectation(fault: FaultResult, detection: Detection): Case {
  const named = {
    suite: fault.name,
    name: `${detectorName(detection.detector)}: ${detection.expected}`,
    seconds: detection.secondsToDetect,
  };
  if (!fault.injectedAt) return { ...named, skipped: "the fault was never in effect" };
  if (detection.asExpected) return named;
  const kind = detection.outcome === "could-not-tell" ? "error" : "failure";
  return { ...named, [kind]: `expected ${detection.expected}, found ${detection.outcome}: ${detection.detail}` };
}

function objective(fault: FaultResult, { title, unit, value, expected, met }: MeasureResult): Case | undefined {
  if (expected === undefined) return undefined;
  const named = { suite: fault.name, name: `${title}: ${expected}` };
  if (met) return named;
  if (value === undefined) return { ...named, error: `expected ${expected}, found nothing to measure` };
  return { ...named, failure: `expected ${expected}, found ${measureText(value, unit)}` };
}

function recovery(fault: FaultResult): Case {
  const named = { suite: fault.name, name: "recovered", seconds: fault.secondsToRecover };
  if (!fault.injectedAt || isControl(fault)) return { ...named, skipped: "nothing to recover from" };
  return fault.recovered ? named : { ...named, failure: fault.recovery };
}

function notRestored({ restored }: Result): Partial<Case> {
  if (restored.ok) return {};
  const wrong = restored.checks.filter(({ ok }) => !ok).map(({ what, detail }) => `${what}: ${detail}`);
  const conflicts = restored.conflicts.map(conflictText);
  const byHand = restored.byHand.map((command) => `put back by hand: ${command}`);
  return { failure: [...wrong, ...conflicts, ...byHand].join("\n") || "not everything was put back" };
}
