import { describe, expect, test } from "vitest";
import { compareWithExpectation, describeExpectation } from "../../analysis/expectation.ts";
import type { PlannedExpectation } from "../../workflows/state.ts";

const IN_EFFECT = Date.parse("2026-11-21T10:00:00Z");
const expecting = (outcome: PlannedExpectation["outcome"], withinSeconds?: number): PlannedExpectation => ({
  detector: "load-comparison",
  outcome,
  ...(withinSeconds === undefined ? {} : { withinSeconds }),
});
const detected = (seconds: number) =>
  ({ outcome: "detected", detectedAt: IN_EFFECT + seconds * 1000, detail: "p90 3 ms → 250 ms" }) as const;
const silent = { outcome: "not-detected", detail: "nothing" } as const;
const unable = { outcome: "could-not-tell", detail: "no data" } as const;

const asExpected = (
  expectation: PlannedExpectation,
  finding: typeof unable | typeof silent | ReturnType<typeof detected>,
) => compareWithExpectation(expectation, finding, IN_EFFECT).asExpected;

test("time to detect counts from the moment the fault was in effect", () => {
  expect(compareWithExpectation(expecting("detected", 30), detected(17.5), IN_EFFECT)).toEqual({
    detector: "load-comparison",
    outcome: "detected",
    detectedAt: "2026-11-21T10:00:17.500Z",
    secondsToDetect: 17.5,
    detail: "p90 3 ms → 250 ms",
    expected: "detected within 30s",
    asExpected: true,
  });
});

test("who did not notice has no time to detect", () => {
  const compared = compareWithExpectation(expecting("not-detected"), silent, IN_EFFECT);
  expect(compared).not.toHaveProperty("detectedAt");
  expect(compared).not.toHaveProperty("secondsToDetect");
});

describe("it is as expected", () => {
  test("to be detected in time, to the second", () => {
    expect(asExpected(expecting("detected", 30), detected(30))).toBe(true);
    expect(asExpected(expecting("detected", 30), detected(30.001))).toBe(false);
    expect(asExpected(expecting("detected"), detected(1e6))).toBe(true);
  });

  test("to stay silent where silence is expected", () => {
    expect(asExpected(expecting("not-detected"), silent)).toBe(true);
    expect(asExpected(expecting("not-detected"), detected(1))).toBe(false);
    expect(asExpected(expecting("detected", 30), silent)).toBe(false);
  });

  test("never to be unable to tell, unless nothing in particular is expected", () => {
    expect(asExpected(expecting("detected", 30), unable)).toBe(false);
    expect(asExpected(expecting("not-detected"), unable)).toBe(false);
    expect(asExpected(expecting("any"), unable)).toBe(true);
  });
});

test("the expectation in words", () => {
  expect(describeExpectation(expecting("detected", 330))).toBe("detected within 5m30s");
  expect(describeExpectation(expecting("detected"))).toBe("detected");
  expect(describeExpectation(expecting("not-detected"))).toBe("not-detected");
  expect(describeExpectation(expecting("any"))).toBe("any outcome");
});
