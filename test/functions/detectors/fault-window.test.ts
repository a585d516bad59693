import { expect, test } from "vitest";
import { wholeWindow, windowSoFar } from "../../../functions/detectors/fault-window.ts";
import { sealSeconds } from "../../../functions/load/watch.ts";
import { samplePlan } from "../../workflows/sample.ts";

const plan = samplePlan();
const NINE = Date.parse("2026-11-21T09:00:00Z");
const baseline = { from: NINE - 600_000, to: NINE - 60_000, warnings: [], blocks: [] };
const acting = { plan, fault: plan.faults[0]!, baseline, inEffectAt: new Date(NINE).toISOString() };

test("while the fault lasts, the load is looked at as far as it has been measured, and alarms up to now", () => {
  const now = NINE + 120_000;
  expect(windowSoFar(acting, now)).toMatchObject({
    inEffectAt: NINE,
    baselineFrom: baseline.from,
    faultUntil: now - sealSeconds(plan) * 1000,
    listenUntil: now,
    over: false,
  });
});

test("once it is over, the time to recover belongs to it for those who hear late", () => {
  const until = NINE + 300_000;
  const listenUntil = until + plan.recovery.withinSeconds * 1000;
  expect(wholeWindow(acting, until)).toMatchObject({ inEffectAt: NINE, faultUntil: until, listenUntil, over: true });
});
