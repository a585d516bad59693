import { describe, expect, it } from "vitest";
import { sentenceOf } from "../../report/sentence.ts";
import type { Detection, FaultResult, Result } from "../../workflows/result.ts";
import { sampleResult } from "./sample.ts";

const [slow] = sampleResult().faults as [FaultResult];
const [load, alarms] = slow.detections as [Detection, Detection];
const control: FaultResult = { ...slow, name: "control", kind: "none", detections: [quiet(load), alarms] };

function quiet(detection: Detection): Detection {
  const { detectedAt: _at, secondsToDetect: _seconds, ...rest } = detection;
  return { ...rest, outcome: "not-detected", expected: "not-detected", asExpected: true };
}
const tell = (change: Partial<Result>) => sentenceOf(sampleResult(change));
const withDetections = (...detections: Detection[]) => ({ faults: [{ ...slow, detections }] });

describe("sentenceOf", () => {
  it.each<[string, Partial<Result>, string]>([
    [
      "a game day that passed",
      {},
      "Passed: load-comparison noticed slow-third after 17 s, the alarms did not (as expected); the system recovered 5 s after the undo and everything was put back.",
    ],
    [
      "two who noticed",
      withDetections(load, { ...alarms, outcome: "detected", secondsToDetect: 90, expected: "any" }),
      "Passed: load-comparison noticed slow-third after 17 s, the alarms after 90 s; the system recovered 5 s after the undo and everything was put back.",
    ],
    [
      "a control in which all was quiet",
      { faults: [control] },
      "Passed: nobody raised an alarm during control (as expected); everything was put back.",
    ],
    [
      "a false alarm",
      {
        verdict: "failed",
        faults: [{ ...control, detections: [{ ...load, expected: "not-detected", asExpected: false }] }],
      },
      "Failed: load-comparison raised a false alarm during control after 17 s (expected: not-detected); everything was put back.",
    ],
    [
      "a fault that nobody noticed",
      {
        verdict: "failed",
        ...withDetections({ ...quiet(load), expected: "detected within 30s", asExpected: false }, alarms),
      },
      "Failed: nobody noticed slow-third (expected: detected within 30s); the system recovered 5 s after the undo and everything was put back.",
    ],
    [
      "a detector that could not tell",
      {
        verdict: "failed",
        ...withDetections({ ...quiet(load), outcome: "could-not-tell", expected: "detected", asExpected: false }),
      },
      "Failed: load-comparison could not tell whether slow-third hurt (expected: detected); the system recovered 5 s after the undo and everything was put back.",
    ],
    [
      "a system that did not recover",
      { verdict: "failed", faults: [{ ...slow, recovered: false }] },
      "Failed: load-comparison noticed slow-third after 17 s, the alarms did not (as expected); the system was not seen to recover from slow-third and everything was put back.",
    ],
    [
      "an invalid game day",
      { verdict: "invalid", reasons: ["p50 rose by 40 % over the baseline: warm up longer."], faults: [] },
      "Invalid: p50 rose by 40 % over the baseline: warm up longer; this game day says nothing about the system, and everything was put back.",
    ],
    [
      "an aborted one, with the message that AWS wraps in JSON",
      {
        verdict: "aborted",
        reasons: [],
        faults: [],
        failure: { Error: "Aborted", Cause: '{"errorMessage":"stopped by Ana"}' },
      },
      "Aborted: stopped by Ana; this game day says nothing about the system, and everything was put back.",
    ],
    [
      "something that was not put back, first of all",
      {
        verdict: "failed",
        restored: {
          ok: false,
          checks: [{ what: "environment of checkout", ok: false, detail: "" }],
          conflicts: [],
          byHand: [],
        },
      },
      "Look now, not everything was put back. Failed: load-comparison noticed slow-third after 17 s, the alarms did not (as expected); the system recovered 5 s after the undo and this was not put back: environment of checkout.",
    ],
    [
      "many faults, counted",
      { faults: [slow, { ...slow, name: "b", secondsToRecover: 9 }, control] },
      "Passed: load-comparison noticed 2 of 2 faults and the alarms noticed 0 of 2 faults (all as expected); the system recovered each time, at most 9 s after the undo, and everything was put back.",
    ],
  ])("tells of %s", (_, change, sentence) => {
    expect(tell(change)).toBe(sentence);
  });
});
