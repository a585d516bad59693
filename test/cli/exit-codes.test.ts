import { describe, expect, test } from "vitest";
import { exitCodeOf } from "../../cli/exit-codes.ts";
import type { Rehearsed } from "../../rehearsal/rehearse.ts";
import type { Result } from "../../workflows/result.ts";
import { sampleResult } from "../report/sample.ts";

const rehearsed = (change: Partial<Rehearsed>): Rehearsed => ({
  status: "SUCCEEDED",
  result: sampleResult(),
  error: undefined,
  folder: "reports",
  transitions: 1,
  changed: [],
  announced: [],
  troubles: [],
  ...change,
});
const ended = (verdict: Result["verdict"]) => rehearsed({ result: sampleResult({ verdict }) });
const unrestored = sampleResult({ restored: { ok: false, checks: [], conflicts: [], byHand: ["aws …"] } });

describe("the exit code", () => {
  test.each([
    ["passed", 0],
    ["failed", 1],
    ["invalid", 3],
    ["aborted", 3],
  ] as const)("of a game day that %s is %i", (verdict, code) => {
    expect(exitCodeOf(ended(verdict))).toBe(code);
  });

  test("is 4 whatever the verdict when something was not put back", () => {
    expect(exitCodeOf(rehearsed({ result: unrestored }))).toBe(4);
  });

  test("is 4 when the stand-in itself sees another environment than before, whatever the report says", () => {
    expect(exitCodeOf(rehearsed({ changed: ["orders"] }))).toBe(4);
    expect(exitCodeOf(rehearsed({ changed: ["orders"], result: undefined }))).toBe(4);
  });

  test("is 2 when the game day was refused before anything was touched", () => {
    const error = { name: "Refused", message: "" };
    expect(exitCodeOf(rehearsed({ status: "FAILED", result: undefined, error }))).toBe(2);
    const notReady = { name: "NotReady", message: "" };
    expect(
      exitCodeOf(rehearsed({ status: "FAILED", result: sampleResult({ verdict: "invalid" }), error: notReady })),
    ).toBe(2);
  });

  test("is 3 when it was stopped before there was anything to report", () => {
    expect(exitCodeOf(rehearsed({ status: "ABORTED", result: undefined }))).toBe(3);
  });
});
