import type { Result } from "../workflows/result.ts";
import type { Failure } from "../workflows/state.ts";
import { measureText } from "./objectives.ts";
import { STEADINESS_LIMITS } from "./steadiness.ts";
import { failureText } from "./wording.ts";

type Judgeable = Pick<Result, "faults" | "restored" | "load">;

/** What ended the game day before its time. */
export interface Ending {
  /** What the Catch of the state machine left. */
  readonly failure?: Failure | undefined;
  /** The status of an execution that is gone: ABORTED, TIMED_OUT or FAILED. */
  readonly interruption?: string | undefined;
}

/**
 * The verdict and its reasons. Aborted and invalid say nothing about the system: without evidence there is no verdict.
 * Failed says that the system, its detectors or the restoration did not do what the drill expects.
 */
export function judgeGameDay(judged: Judgeable, ending: Ending): Pick<Result, "verdict" | "reasons"> {
  const aborted = endedEarly(ending);
  if (aborted.length > 0) return { verdict: "aborted", reasons: [...aborted, ...notRestored(judged)] };
  const invalid = [...failed(ending.failure), ...withoutEvidence(judged)];
  if (invalid.length > 0) return { verdict: "invalid", reasons: [...invalid, ...notRestored(judged)] };
  const reasons = [...notRestored(judged), ...unexpected(judged), ...missed(judged), ...notRecovered(judged)];
  return { verdict: reasons.length > 0 ? "failed" : "passed", reasons };
}

/** By whoever stopped the execution, or by the guard, in its own sentence. */
function endedEarly({ failure, interruption }: Ending): string[] {
  const reasons = interruption === undefined ? [] : [`the execution was ${interruption}`];
  if (failure?.Error === "GuardTripped") reasons.push(failureText(failure));
  return reasons;
}

const failed = (failure: Failure | undefined) => (failure ? [messageOf(failure)] : []);

/** What failed, by its name and in its words. */
export function messageOf(failure: Failure): string {
  const text = failureText(failure);
  return text === failure.Error ? text : `${failure.Error}: ${text}`;
}

function withoutEvidence({ faults, load }: Judgeable): string[] {
  const reasons = faults
    .filter((fault) => fault.injectedAt === undefined)
    .map((fault) => `fault "${fault.name}" was never shown to be in effect`);
  for (const { name, ineffective } of faults) {
    if (ineffective !== undefined) reasons.push(`fault "${name}" did nothing: ${ineffective}`);
  }
  for (const fault of faults) {
    for (const { detector, outcome, detail, expected } of fault.detections) {
      if (outcome === "could-not-tell" && !expected.startsWith("any")) {
        reasons.push(`${detector} could not tell about "${fault.name}": ${detail}`);
      }
    }
  }
  for (const fault of faults) {
    for (const { title, value, met } of fault.measures) {
      if (met === false && value === undefined)
        reasons.push(`nothing was measured of "${title}" during "${fault.name}"`);
    }
  }
  const planned = load.requests + load.dropped;
  if (planned > 0 && load.dropped / planned > STEADINESS_LIMITS.dropped) {
    reasons.push(`${load.dropped} of ${planned} requests were never sent: the load generator could not keep the rate`);
  }
  return reasons;
}

function unexpected({ faults }: Judgeable): string[] {
  return faults.flatMap((fault) =>
    fault.detections
      .filter((detection) => !detection.asExpected)
      .map(({ detector, outcome, secondsToDetect, expected }) => {
        const found = secondsToDetect === undefined ? outcome : `${outcome} after ${Math.round(secondsToDetect)} s`;
        return `${detector} on "${fault.name}": expected ${expected}, found ${found}`;
      }),
  );
}

/** Objectives that were not met. */
const missed = ({ faults }: Judgeable): string[] =>
  faults.flatMap(({ name, measures }) =>
    measures
      .filter(({ met, value }) => met === false && value !== undefined)
      .map(
        ({ title, unit, value, expected }) =>
          `${title} during "${name}": expected ${expected}, found ${measureText(value, unit)}`,
      ),
  );

/** After a control there is nothing to recover from. */
const notRecovered = ({ faults }: Judgeable) =>
  faults
    .filter((fault) => fault.kind !== "none" && !fault.recovered)
    .map((fault) => `after "${fault.name}": ${fault.recovery}`);

const notRestored = ({ restored }: Judgeable) =>
  restored.ok
    ? []
    : restored.checks.filter((check) => !check.ok).map((check) => `not restored: ${check.what} (${check.detail})`);
