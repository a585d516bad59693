import { describe, expect, test } from "vitest";
import {
  checkGuardAlarms,
  checkGuardDurations,
  Guard,
  guardText,
  PlannedGuard,
  planGuard,
} from "../../workflows/guard.ts";
import { target } from "./sample.ts";

const guard = Guard.parse({
  errorRate: { above: 0.5, for: "30s" },
  latency: { percentile: "p99", above: "0.25s", for: "1m" },
  alarms: "any",
  budget: 2.5,
});
const messages = (problems: { path: unknown[]; message: string }[]) =>
  problems.map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("a guard", () => {
  test("has every limit, or one; without any it is none", () => {
    expect(Guard.parse({ budget: 1 })).toEqual({ budget: 1 });
    expect(Guard.safeParse({}).error!.issues[0]!.message).toBe(
      "expected at least one of errorRate, latency, alarms and budget",
    );
  });

  test.each<[string, object]>([
    ["an error rate in percent", { errorRate: { above: 50, for: "30s" } }],
    ["an error rate that nothing is above", { errorRate: { above: 1, for: "30s" } }],
    ["an error rate without a time", { errorRate: { above: 0.5 } }],
    ["a percentile that is not measured", { latency: { percentile: "p95", above: "1s", for: "30s" } }],
    ["a budget of nothing", { budget: 0 }],
    ["no alarms", { alarms: [] }],
    ["one alarm's name instead of a list", { alarms: "Errors" }],
    ["a limit that there is not", { cpu: 0.9 }],
  ])("with %s is refused", (_what, broken) => {
    expect(Guard.safeParse(broken).success).toBe(false);
  });
});

describe("the planned guard", () => {
  test("has milliseconds, seconds, dollars and the names of the target's alarms", () => {
    const planned = planGuard(guard, target.alarms);
    expect(planned).toEqual({
      errorRate: { above: 0.5, forSeconds: 30 },
      latency: { percentile: "p99", aboveMs: 250, forSeconds: 60 },
      alarms: target.alarms,
      budgetUsd: 2.5,
    });
    expect(PlannedGuard.parse(planned)).toEqual(planned);
  });

  test("has only the limits that the drill has", () => {
    expect(planGuard({ alarms: ["a"] }, ["a", "b"])).toEqual({ alarms: ["a"] });
    expect(planGuard({ alarms: ["a", "any"] }, ["a", "b"])).toEqual({ alarms: ["a", "b"] });
  });

  test("judges load over a time of its own where one is given", () => {
    const planned = planGuard(guard, [], 10);
    expect([planned.errorRate!.forSeconds, planned.latency!.forSeconds]).toEqual([10, 10]);
  });

  test("is told in words, one limit each", () => {
    expect(guardText(planGuard(guard, ["Errors", "Latency"]))).toEqual([
      "more than 50 % of the requests of the last 30s failed",
      "p99 of the last 1m is above 250 ms",
      "an alarm goes off: Errors or Latency",
      "more than $2.5 has been spent, by the estimate",
    ]);
  });
});

describe("times that are no whole load blocks", () => {
  test("are named, each where it stands", () => {
    const broken = { ...guard, errorRate: { above: 0.5, for: 12 }, latency: { ...guard.latency!, for: 0 } };
    expect(messages(checkGuardDurations(broken, 7, 10))).toEqual([
      "guard.errorRate.for: expected a multiple of 5s: load is measured in 5-second blocks, found 12s",
      "guard.latency.for: expected a multiple of 5s: load is measured in 5-second blocks, found 0s",
      "rehearsal.guardFor: expected a multiple of 5s: load is measured in 5-second blocks, found 7s",
    ]);
    expect(checkGuardDurations(guard, 10, 10)).toEqual([]);
    expect(checkGuardDurations(undefined, undefined, 10)).toEqual([]);
  });

  test("so are a latency that no request can have, and a time that nothing is judged over", () => {
    expect(messages(checkGuardDurations({ latency: { ...guard.latency!, above: 10 } }, undefined, 10))).toEqual([
      "guard.latency.above: expected less than load.timeout, 10s: no request takes longer",
    ]);
    expect(messages(checkGuardDurations({ budget: 1 }, 10, 10))).toEqual([
      "rehearsal.guardFor: expected a guard with errorRate or latency beside it: it replaces how long those are judged over",
    ]);
  });
});

describe("the guard's alarms", () => {
  const two = { name: "shop", alarms: ["Errors", "Latency"] };

  test("are the target's", () => {
    expect(checkGuardAlarms({ alarms: ["Latency"] }, two, undefined)).toEqual([]);
    expect(messages(checkGuardAlarms({ alarms: ["Latency", "Lag"] }, two, undefined))).toEqual([
      'guard.alarms: expected alarms of target "shop" (Errors, Latency), found "Lag"',
    ]);
    expect(messages(checkGuardAlarms({ alarms: "any" }, { name: "shop", alarms: [] }, undefined))).toEqual([
      'guard.alarms: expected a target with alarms; "shop" has none',
    ]);
  });

  test("do not end the game day for what the drill expects", () => {
    expect(messages(checkGuardAlarms({ alarms: "any" }, two, "burst"))).toEqual([
      `guard.alarms: expected not all of the target's alarms: fault "burst" is expected to set one off, and that would end the game day`,
    ]);
    expect(checkGuardAlarms({ alarms: ["Latency"] }, two, "burst")).toEqual([]);
    expect(checkGuardAlarms({ budget: 1 }, two, "burst")).toEqual([]);
  });
});
