import { listText } from "../analysis/wording.ts";
import type { Detection, FaultResult, Result } from "../workflows/result.ts";
import { detectorName, firstReason, isControl, secondsText } from "./wording.ts";

/** What the sentence is made of: known before the result as a whole is. */
export type Outcome = Pick<Result, "verdict" | "faults"> & {
  readonly restored: Pick<Result["restored"], "ok" | "checks">;
} & Partial<Pick<Result, "reasons" | "failure">>;

/** More faults than this are counted instead of told one by one. */
const TOLD_ONE_BY_ONE = 2;

/**
 * The answer in one sentence: `Passed: load-comparison noticed slow-third after 12 s, the alarms did not (as expected);
 * the system recovered 5 s after the undo and everything was put back.` If something was not put back, that comes first.
 */
export function sentenceOf(outcome: Outcome): string {
  const alarm = outcome.restored.ok ? "" : "Look now, not everything was put back. ";
  return `${alarm}${verdictName(outcome.verdict)}: ${storyOf(outcome)}.`;
}

export const verdictName = (verdict: Result["verdict"]) => verdict.charAt(0).toUpperCase() + verdict.slice(1);

function storyOf(outcome: Outcome): string {
  if (outcome.verdict === "invalid" || outcome.verdict === "aborted") {
    const reason = firstReason(outcome)?.replace(/[.\s]+$/, "") ?? "the reason is not known";
    return `${reason}; this game day says nothing about the system, and ${restoredOf(outcome)}`;
  }
  const noticed = outcome.faults.length > TOLD_ONE_BY_ONE ? countedOf(outcome.faults) : toldOf(outcome.faults);
  const recovered = recoveryOf(outcome.faults.filter((fault) => fault.injectedAt && !isControl(fault)));
  return `${noticed}; ${recovered ? `${recovered} and ` : ""}${restoredOf(outcome)}`;
}

const toldOf = (faults: readonly FaultResult[]) => faults.map(noticedOf).join("; ");

function noticedOf(fault: FaultResult): string {
  if (fault.detections.length === 0) return `nobody was asked to notice ${fault.name}`;
  const noticed = fault.detections.filter(({ outcome }) => outcome === "detected");
  const others = fault.detections.filter(({ outcome }) => outcome !== "detected");
  if (noticed.length === 0 && others.every(({ outcome }) => outcome === "not-detected")) {
    const wrong = others.find(({ asExpected }) => !asExpected);
    const quiet = isControl(fault) ? `nobody raised an alarm during ${fault.name}` : `nobody noticed ${fault.name}`;
    return `${quiet}${expectation(wrong ?? others[0]!)}`;
  }
  const claims = [
    ...noticed.map((detection, index) => claimOf(detection, fault, index === 0)),
    ...others.map((detection) => absenceOf(detection, fault, noticed.length === 0)),
  ];
  return claims.join(", ");
}

function claimOf(detection: Detection, fault: FaultResult, first: boolean): string {
  const after = detection.secondsToDetect === undefined ? "" : ` after ${secondsText(detection.secondsToDetect)}`;
  const what = isControl(fault) ? `raised a false alarm during ${fault.name}` : `noticed ${fault.name}`;
  const wrong = detection.asExpected ? "" : expectation(detection);
  return `${detectorName(detection.detector)}${first ? ` ${what}` : ""}${after}${wrong}`;
}

function absenceOf(detection: Detection, fault: FaultResult, first: boolean): string {
  const verb = detection.outcome === "could-not-tell" ? "could not tell" : "did not";
  const what = first ? (verb === "did not" ? ` notice ${fault.name}` : ` whether ${fault.name} hurt`) : "";
  return `${detectorName(detection.detector)} ${verb}${what}${expectation(detection)}`;
}

function expectation({ asExpected, expected }: Detection): string {
  if (!asExpected) return ` (expected: ${expected})`;
  return expected.startsWith("any") ? "" : " (as expected)";
}

function countedOf(faults: readonly FaultResult[]): string {
  const real = faults.filter((fault) => !isControl(fault));
  const detectors = [...new Set(faults.flatMap(({ detections }) => detections.map(({ detector }) => detector)))];
  const claims = detectors.map((detector) => {
    const noticed = real.filter(({ detections }) =>
      detections.some((detection) => detection.detector === detector && detection.outcome === "detected"),
    );
    return `${detectorName(detector)} noticed ${noticed.length} of ${real.length} faults`;
  });
  const wrong = faults.filter(({ detections }) => detections.some(({ asExpected }) => !asExpected));
  const judged = wrong.length === 0 ? "all as expected" : `not as expected: ${listText(wrong.map(({ name }) => name))}`;
  return `${listText(claims)} (${judged})`;
}

function recoveryOf(faults: readonly FaultResult[]): string | undefined {
  if (faults.length === 0) return undefined;
  const ill = faults.filter(({ recovered }) => !recovered);
  if (ill.length > 0) return `the system was not seen to recover from ${listText(ill.map(({ name }) => name))}`;
  const longest = Math.max(...faults.map(({ secondsToRecover }) => secondsToRecover ?? 0));
  if (faults.length > 1) return `the system recovered each time, at most ${secondsText(longest)} after the undo,`;
  return longest < 0.5
    ? "the system recovered with the undo"
    : `the system recovered ${secondsText(longest)} after the undo`;
}

function restoredOf({ restored }: Pick<Outcome, "restored">): string {
  if (restored.ok) return "everything was put back";
  const wrong = restored.checks.filter(({ ok }) => !ok).map(({ what }) => what);
  return wrong.length === 0 ? "not everything was put back" : `this was not put back: ${listText(wrong)}`;
}
