import { describe, expect, it } from "vitest";
import { documentOf } from "../../report/document.ts";
import { junit as render } from "../../report/junit.ts";
import type { Detection, FaultResult, MeasureResult, Result } from "../../workflows/result.ts";
import { hostileResult, sampleResult } from "./sample.ts";
import { expectWellFormed } from "./well-formed.ts";

const junit = (result: Result) => render(documentOf(result));
const [slow] = sampleResult().faults as [FaultResult];
const [load, alarms] = slow.detections as [Detection, Detection];
const names = (text: string) =>
  [...text.matchAll(/<testcase classname="[^"]*" name="([^"]*)"/g)].map(([, name]) => name);

describe("junit", () => {
  it("has one case for each expectation, and those that every game day has", () => {
    const text = junit(sampleResult());
    expectWellFormed(text);
    expect(names(text)).toEqual([
      "ran to its end",
      "baseline steady",
      "load-comparison: detected within 30s",
      "the alarms: not-detected",
      "load: p99: at most 500 ms",
      "recovered",
      "everything put back",
    ]);
    expect(text).toContain('tests="7" failures="0" errors="0" skipped="0"');
  });

  it("fails the expectation that was not met and says what was found", () => {
    const missed = { ...load, outcome: "not-detected" as const, asExpected: false, detail: "evidence stayed at 3" };
    const text = junit(sampleResult({ verdict: "failed", faults: [{ ...slow, detections: [missed, alarms] }] }));
    expect(text).toContain('failures="1" errors="0"');
    expect(text).toContain(
      '<failure message="expected detected within 30s, found not-detected: evidence stayed at 3">',
    );
  });

  it("has an error, not a failure, for a detector that could not tell", () => {
    const unsure = { ...load, outcome: "could-not-tell" as const, asExpected: false };
    const text = junit(sampleResult({ verdict: "failed", faults: [{ ...slow, detections: [unsure] }] }));
    expect(text).toContain('failures="0" errors="1"');
  });

  it("fails an objective that was not met, and has an error for one that nothing was measured of", () => {
    const [, p99] = slow.measures as [MeasureResult, MeasureResult];
    const withMeasure = (measure: MeasureResult) =>
      junit(sampleResult({ verdict: "failed", faults: [{ ...slow, measures: [measure] }] }));
    expect(withMeasure({ ...p99, value: 700, met: false })).toContain("expected at most 500 ms, found 700 ms");
    const { value: _, ...nothing } = p99;
    expect(withMeasure({ ...nothing, met: false })).toContain('errors="1"');
  });

  it("has errors for a game day that says nothing, and skips what was never tried", () => {
    const failure = { Error: "NotSteady", Cause: "p50 rose by 40 %" };
    const { injectedAt: _, ...never } = slow;
    const phases = sampleResult().phases.slice(0, 2);
    const text = junit(sampleResult({ verdict: "invalid", reasons: ["not steady"], failure, faults: [never], phases }));
    expect(text).toContain('failures="0" errors="2" skipped="3"');
    expect(text).toContain('<error message="invalid: not steady">');
    expect(text).toContain('<error message="p50 rose by 40 %">');
  });

  it("fails when something was not put back, with the commands for it", () => {
    const restored = {
      ok: false,
      checks: [{ what: "environment", ok: false, detail: "differs" }],
      conflicts: [],
      byHand: ["aws x"],
    };
    expect(junit(sampleResult({ restored }))).toContain("environment: differs\nput back by hand: aws x</failure>");
  });

  it("is well-formed, whatever stands in the result", () => {
    expectWellFormed(junit(hostileResult()));
  });
});
