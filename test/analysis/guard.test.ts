import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeGuard } from "../../analysis/guard.ts";
import type { PlannedGuard } from "../../workflows/guard.ts";

const guard: PlannedGuard = {
  errorRate: { above: 0.5, forSeconds: 30 },
  latency: { percentile: "p99", aboveMs: 2000, forSeconds: 30 },
  alarms: ["Errors", "Latency"],
  budgetUsd: 1.5,
};
const fine = {
  errors: { requests: 100, failed: 50 },
  latencyMs: 2000,
  alarms: [
    { name: "Errors", state: "OK" },
    { name: "Latency", state: "INSUFFICIENT_DATA" },
  ],
  spentUsd: 1.5,
};

describe("a limit", () => {
  test("that is reached and not passed ends nothing", () => {
    expect(judgeGuard(guard, fine)).toBeUndefined();
  });

  test("of errors says how many of how many failed", () => {
    expect(judgeGuard(guard, { ...fine, errors: { requests: 1200, failed: 684 } })).toEqual({
      expected: "at most 50 % of the requests of 30 s to fail",
      found: "684 of 1200 failed (57 %)",
    });
  });

  test("of latency says what it was", () => {
    expect(judgeGuard(guard, { ...fine, latencyMs: 2100 })).toEqual({
      expected: "the p99 of 30 s to be at most 2.0 s",
      found: "2.1 s",
    });
  });

  test("of alarms names those that went off", () => {
    const alarms = [
      { name: "Errors", state: "ALARM" },
      { name: "Latency", state: "ALARM" },
    ];
    expect(judgeGuard(guard, { ...fine, alarms })).toEqual({
      expected: "none of the guard's alarms to go off",
      found: "Errors, Latency in ALARM",
    });
  });

  test("by an alarm that is not there any more is passed: nobody could tell", () => {
    const alarms = [{ name: "Errors", state: undefined }];
    expect(judgeGuard(guard, { ...fine, alarms })?.found).toBe("Errors gone, so that nobody could tell");
  });

  test("of money says what was spent", () => {
    expect(judgeGuard(guard, { ...fine, spentUsd: 1.512 })).toEqual({
      expected: "at most $1.5 to be spent",
      found: "about $1.51, by the estimate",
    });
    expect(judgeGuard({ budgetUsd: 0.001 }, { spentUsd: 0.0011 })?.found).toBe("about $0.0011, by the estimate");
  });
});

test("what nobody has measured yet passes no limit", () => {
  expect(judgeGuard(guard, {})).toBeUndefined();
  expect(judgeGuard(guard, { errors: { requests: 0, failed: 0 } })).toBeUndefined();
});

test("whatever is seen, a guard without limits ends nothing, and one with a limit ends exactly what passes it", () => {
  const seen = fc.record({
    errors: fc
      .integer({ min: 1, max: 1000 })
      .chain((requests) =>
        fc.record({ requests: fc.constant(requests), failed: fc.integer({ min: 0, max: requests }) }),
      ),
    latencyMs: fc.double({ min: 0, max: 10_000, noNaN: true }),
    spentUsd: fc.double({ min: 0, max: 5, noNaN: true }),
  });
  const above = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      seen,
      above,
      fc.integer({ min: 0, max: 10_000 }),
      fc.double({ min: 0.01, max: 5, noNaN: true }),
      (facts, share, aboveMs, budgetUsd) => {
        expect(judgeGuard({}, facts)).toBeUndefined();
        const { errors, latencyMs, spentUsd } = facts;
        const tripped = (limits: PlannedGuard) => judgeGuard(limits, facts) !== undefined;
        const byErrors = errors.failed / errors.requests > share;
        expect(tripped({ errorRate: { above: share, forSeconds: 5 } })).toBe(byErrors);
        expect(tripped({ latency: { percentile: "p50", aboveMs, forSeconds: 5 } })).toBe(latencyMs > aboveMs);
        expect(tripped({ budgetUsd })).toBe(spentUsd > budgetUsd);
        expect(tripped({ errorRate: { above: share, forSeconds: 5 }, budgetUsd })).toBe(
          byErrors || spentUsd > budgetUsd,
        );
      },
    ),
  );
});
