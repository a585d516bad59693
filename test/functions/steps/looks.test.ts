import { beforeEach, describe, expect, test } from "vitest";
import type { Runtime } from "../../../functions/runtime/step.ts";
import { awaitLoad } from "../../../functions/steps/await-load.ts";
import { proveFault } from "../../../functions/steps/prove-fault.ts";
import { watchBaseline } from "../../../functions/steps/watch-baseline.ts";
import { watchFault } from "../../../functions/steps/watch-fault.ts";
import { watchRecovery } from "../../../functions/steps/watch-recovery.ts";
import type { PlannedGuard } from "../../../workflows/guard.ts";
import { samplePlan } from "../../workflows/sample.ts";
import { guardedDay } from "../guarded.ts";

/** Every look of every loop, in whichever phase it is. */
const LOOKS = [awaitLoad, watchBaseline, proveFault, watchFault, watchRecovery];

const plan = samplePlan({ id: "day-1" });
const at = (seconds: number) => new Date(Date.parse(plan.startedAt) + seconds * 1000);

let day: ReturnType<typeof guardedDay>;
beforeEach(() => {
  day = guardedDay(plan.id);
  day.clock.time = at(200);
});

/** What a look ends with under a guard; the looks that lack something else end with that. */
const endOf = (look: (typeof LOOKS)[number], guard: PlannedGuard | undefined) =>
  look.call({ plan: { ...plan, guard }, fault: plan.faults[0] }, day.runtime as Runtime).then(
    () => "a look",
    (error: Error) => error.name,
  );

describe.each(LOOKS.map((look) => ({ name: look.name, look })))("$name", ({ look }) => {
  test("ends the game day when an alarm of the guard has gone off", async () => {
    day.states.set("Errors", "ALARM");
    expect(await endOf(look, { alarms: ["Errors"] })).toBe("GuardTripped");
  });

  test("ends it when too many requests fail", async () => {
    await day.begin(at(0));
    await day.load(at(0), at(200), { failed: 20 });
    expect(await endOf(look, { errorRate: { above: 0.5, forSeconds: 30 } })).toBe("GuardTripped");
  });

  test("ends it when requests take too long", async () => {
    await day.begin(at(0));
    await day.load(at(0), at(200), { latencyMs: 3000 });
    expect(await endOf(look, { latency: { percentile: "p99", aboveMs: 2000, forSeconds: 30 } })).toBe("GuardTripped");
  });

  test("ends it when the money is spent", async () => {
    expect(await endOf(look, { budgetUsd: 0.000001 })).toBe("GuardTripped");
  });

  test("does not end it for what is within the limits, nor without a guard", async () => {
    await day.begin(at(0));
    await day.load(at(0), at(200), { failed: 1 });
    day.states.set("Errors", "OK");
    const guard: PlannedGuard = {
      errorRate: { above: 0.5, forSeconds: 30 },
      latency: { percentile: "p99", aboveMs: 2000, forSeconds: 30 },
      alarms: ["Errors"],
      budgetUsd: 1,
    };
    expect(await endOf(look, guard)).toBe(await endOf(look, undefined));
  });
});
