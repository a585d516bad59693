import { formatDuration } from "../workflows/duration.ts";
import type { Detection } from "../workflows/result.ts";
import type { PlannedExpectation } from "../workflows/state.ts";

/** What a detector said, as Unix milliseconds, beside what the drill expects of it. */
export function compareWithExpectation(
  expectation: PlannedExpectation,
  finding: { outcome: Detection["outcome"]; detectedAt?: number; detail: string },
  inEffectAt: number,
): Detection {
  const secondsToDetect = finding.detectedAt === undefined ? undefined : (finding.detectedAt - inEffectAt) / 1000;
  return {
    detector: expectation.detector,
    outcome: finding.outcome,
    ...(finding.detectedAt === undefined ? {} : { detectedAt: new Date(finding.detectedAt).toISOString() }),
    ...(secondsToDetect === undefined ? {} : { secondsToDetect }),
    detail: finding.detail,
    expected: describeExpectation(expectation),
    asExpected: isAsExpected(expectation, finding.outcome, secondsToDetect),
  };
}

export function describeExpectation({ outcome, withinSeconds }: PlannedExpectation): string {
  if (outcome === "any") return "any outcome";
  return withinSeconds === undefined ? outcome : `${outcome} within ${formatDuration(withinSeconds)}`;
}

function isAsExpected(
  { outcome, withinSeconds }: PlannedExpectation,
  found: Detection["outcome"],
  secondsToDetect: number | undefined,
): boolean {
  if (outcome === "any") return true;
  if (outcome !== found) return false;
  return withinSeconds === undefined || (secondsToDetect ?? 0) <= withinSeconds;
}
