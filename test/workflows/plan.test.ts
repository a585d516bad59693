import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Drill } from "../../workflows/drill.ts";
import { checkAgainstTarget, checkDurations, expectedSeconds, planGameDay } from "../../workflows/plan.ts";
import { Plan, type Target } from "../../workflows/state.ts";
import { identity, sampleDrill, target } from "./sample.ts";

const drill = sampleDrill();
const full = planGameDay(drill, target, identity);
const rehearsal = planGameDay(drill, target, { ...identity, profile: "rehearsal" });

describe("a drill against its target", () => {
  test("fits", () => {
    expect(checkAgainstTarget(drill, target)).toEqual([]);
  });

  test("a function that the target does not have is named, with those that it has", () => {
    const [slow, nothing] = drill.faults as [Drill["faults"][0], Drill["faults"][0]];
    const typo = { ...slow, function: "chekout" } as Drill["faults"][0];
    expect(checkAgainstTarget({ ...drill, faults: [nothing, typo] }, target)).toEqual([
      {
        path: ["faults", 1, "function"],
        message: 'expected a function of target "shop" (checkout, basket), found "chekout"',
      },
    ]);
  });

  test("so is one to deploy to", () => {
    const deploy = { kind: "configuration", function: "search", set: { RELEASE: "2" } } as const;
    expect(checkAgainstTarget({ ...drill, deploy }, target)).toMatchObject([{ path: ["deploy", "function"] }]);
  });

  test("so is an alias to deploy to, among those that there are", () => {
    const deploy = { kind: "version", alias: "canary", version: "7" } as const;
    const aliases = { live: { functionName: "Shop-Checkout-1A2B", alias: "live" } };
    expect(checkAgainstTarget({ ...drill, deploy }, { ...target, aliases })).toEqual([
      { path: ["deploy", "alias"], message: 'expected an alias of target "shop" (live), found "canary"' },
    ]);
  });

  test("a resource that the target does not have is named, with those of its kind", () => {
    const [slow] = drill.faults as [Drill["faults"][0]];
    const { name, duration, expect: expected, objectives } = slow;
    const off = { kind: "rule-off", rule: "to-deliver", name, duration, expect: expected, objectives } as const;
    const said = (rules: Target["rules"]) =>
      checkAgainstTarget({ ...drill, faults: [off] }, { ...target, ...(rules ? { rules } : {}) });
    const rule = { name: "r", eventBusName: "b" };
    expect(said({ "to-delivery": rule, audit: rule })).toEqual([
      {
        path: ["faults", 0, "rule"],
        message: 'expected a rule of target "shop" (to-delivery, audit), found "to-deliver"',
      },
    ]);
    expect(said(undefined).map(({ message }) => message)).toEqual([
      'expected a rule of target "shop" (it has none), found "to-deliver"',
    ]);
    expect(said({ "to-deliver": rule })).toEqual([]);
  });

  test("another target's drill is told so", () => {
    expect(checkAgainstTarget(drill, { ...target, name: "bank" })).toEqual([
      { path: ["target"], message: 'expected target "bank", found "shop"' },
    ]);
  });

  test("a function named like something that every object has is none of the target's", () => {
    const [slow] = drill.faults as [Drill["faults"][0]];
    const odd = { ...slow, function: "toString" } as Drill["faults"][0];
    expect(checkAgainstTarget({ ...drill, faults: [odd] }, target)).toHaveLength(1);
  });
});

describe("durations", () => {
  test("are checked in both profiles, each where it stands", () => {
    const short = { ...drill, baseline: 60, rehearsal: { ...drill.rehearsal, baseline: 10, fault: 19 } };
    expect(checkDurations(short).map(({ path }) => path.join("."))).toEqual([
      "baseline",
      "rehearsal.baseline",
      "rehearsal.fault",
    ]);
  });

  test("windows have to hold four comparison blocks, however long those are", () => {
    expect(checkDurations({ ...drill, comparison: { block: 300 } }).map(({ path }) => path.join("."))).toEqual([
      "faults.0.duration",
      "faults.1.duration",
      "recovery.within",
    ]);
  });
});

describe("a plan", () => {
  test("is what the steps accept", () => {
    expect(Plan.parse(full)).toEqual(full);
    expect(Plan.parse(rehearsal)).toEqual(rehearsal);
  });

  test("says who it is and what it is for", () => {
    expect(full).toMatchObject({
      id: "day-1",
      executionArn: identity.executionArn,
      startedAt: "2026-11-21T09:00:00.000Z",
      drill: "slow-dependency",
      profile: "full",
      target,
    });
  });

  test("full: lasts as long as the drill says", () => {
    expect(full).toMatchObject({
      warmUpSeconds: 300,
      baselineSeconds: 3600,
      recovery: { withinSeconds: 600, margin: 0.25 },
      comparisonBlockSeconds: 30,
      load: { rate: 5, timeoutSeconds: 10 },
    });
    expect(full.faults.map((fault) => fault.durationSeconds)).toEqual([900, 600]);
    expect(full.faults[0]!.expect[0]).toEqual({
      detector: "load-comparison",
      outcome: "detected",
      withinSeconds: 300,
    });
    expect(full).not.toHaveProperty("alarmPeriodSeconds");
    expect(expectedSeconds(full)).toBe(300 + 3600 + 900 + 600 + 600 + 600);
  });

  test("rehearsal: everything that takes time is short, at a higher rate", () => {
    expect(rehearsal).toMatchObject({
      warmUpSeconds: 10,
      baselineSeconds: 35,
      recovery: { withinSeconds: 20, margin: 0.25 },
      comparisonBlockSeconds: 5,
      alarmPeriodSeconds: 5,
      watchSeconds: 1,
      load: { rate: 40, timeoutSeconds: 2 },
    });
    expect(rehearsal.faults.map((fault) => fault.durationSeconds)).toEqual([25, 25]);
    expect(rehearsal.stragglerSeconds).toBeLessThan(full.stragglerSeconds);
  });

  test("rehearsal: the time to detect is the rehearsal's, but only where one is expected", () => {
    const expectations = rehearsal.faults.flatMap((fault) => fault.expect);
    expect(expectations.map(({ withinSeconds }) => withinSeconds)).toEqual([22, undefined, undefined]);
  });

  test("the load goes to the target's front door, with or without its trailing slash", () => {
    expect(full.load).toMatchObject({
      url: "https://shop.example/orders",
      method: "POST",
      body: '{"item":"notebook"}',
      expectedStatus: [200],
    });
    const { request: _request, ...load } = drill.load;
    const scripted = planGameDay({ ...drill, load: { ...load, script: "checkout.ts" } }, target, identity);
    expect(scripted.load).toMatchObject({ url: "https://shop.example/", script: "checkout.ts" });
  });

  test("a body that is text is sent as it is", () => {
    const { request } = drill.load;
    const plan = planGameDay(
      { ...drill, load: { ...drill.load, request: { ...request!, body: "a=1" } } },
      target,
      identity,
    );
    expect(plan.load.body).toBe("a=1");
  });

  test("a fault's change holds nothing but the change", () => {
    expect(full.faults[0]!.spec).toEqual({
      kind: "lambda-env",
      function: "checkout",
      set: { SLOW_MS: "250", SLOW_SHARE: "0.33" },
    });
    expect(full.faults[1]!.spec).toEqual({ kind: "none" });
  });
});

describe("whatever the durations", () => {
  const durations = fc.record({
    warmUp: fc.nat(600),
    baseline: fc.integer({ min: 120, max: 20_000 }),
    fault: fc.integer({ min: 120, max: 5000 }),
    recovery: fc.integer({ min: 60, max: 3000 }),
    timeout: fc.integer({ min: 1, max: 60 }),
    profile: fc.constantFrom("full" as const, "rehearsal" as const),
  });

  const planOf = ({
    warmUp,
    baseline,
    fault,
    recovery,
    timeout,
    profile,
  }: typeof durations extends fc.Arbitrary<infer D> ? D : never) =>
    planGameDay(
      {
        ...drill,
        warmUp,
        baseline,
        faults: drill.faults.map((each) => ({ ...each, duration: fault })),
        load: { ...drill.load, timeout },
        recovery: { ...drill.recovery, within: recovery },
        rehearsal: { ...drill.rehearsal, warmUp, baseline, fault, recovery, timeout },
      },
      target,
      { ...identity, profile },
    );

  test("the load lasts through all phases, and through the wait for the last answers after each of them", () => {
    fc.assert(
      fc.property(durations, (given) => {
        const plan = planOf(given);
        const phases = expectedSeconds(plan);
        // The baseline and every recovery end with a wait for the answers to what was sent last.
        const waits = (1 + plan.faults.length) * plan.load.timeoutSeconds;
        expect(plan.load.durationSeconds).toBeGreaterThanOrEqual(phases + waits);
      }),
    );
  });

  test("the lease outlasts the load", () => {
    fc.assert(
      fc.property(durations, (given) => {
        const plan = planOf(given);
        const leaseSeconds = (Date.parse(plan.deadline) - Date.parse(plan.startedAt)) / 1000;
        expect(leaseSeconds).toBeGreaterThan(plan.load.durationSeconds);
        expect(leaseSeconds - plan.load.durationSeconds).toBeGreaterThanOrEqual(plan.stragglerSeconds);
      }),
    );
  });
});

describe("a guard", () => {
  const guarded = (guard: Drill["guard"], rehearsal: Partial<Drill["rehearsal"]> = {}) =>
    ({ ...drill, guard, rehearsal: { ...drill.rehearsal, ...rehearsal } }) as Drill;
  const errorRate = { above: 0.5, for: 60 };

  test("is planned as the drill has it; a drill without one has none", () => {
    expect(full).not.toHaveProperty("guard");
    expect(planGameDay(guarded({ errorRate, alarms: "any" }), target, identity).guard).toEqual({
      errorRate: { above: 0.5, forSeconds: 60 },
      alarms: target.alarms,
    });
  });

  test("judges over a shorter time in a rehearsal, if the drill says so", () => {
    const rehearsed = (changes: Partial<Drill["rehearsal"]>) =>
      planGameDay(guarded({ errorRate }, changes), target, { ...identity, profile: "rehearsal" }).guard;
    expect(rehearsed({})).toEqual({ errorRate: { above: 0.5, forSeconds: 60 } });
    expect(rehearsed({ guardFor: 10 })).toEqual({ errorRate: { above: 0.5, forSeconds: 10 } });
  });

  test("is checked with the drill's durations and against its target", () => {
    expect(checkDurations(guarded({ errorRate: { above: 0.5, for: 7 } })).map(({ path }) => path.join("."))).toEqual([
      "guard.errorRate.for",
    ]);
    const paths = (guard: Drill["guard"]) =>
      checkAgainstTarget(guarded(guard), target).map(({ path }) => path.join("."));
    expect(paths({ alarms: ["Nobody"] })).toEqual(["guard.alarms"]);
    expect(paths({ alarms: "any" })).toEqual([]);
  });

  test("that no drill can keep is refused: an alarm that the drill itself expects to go off", () => {
    const [slow] = drill.faults as [Drill["faults"][0]];
    const expecting = {
      ...slow,
      expect: [{ detector: "cloudwatch-alarms", outcome: "detected" }],
    } as Drill["faults"][0];
    const problems = checkAgainstTarget({ ...guarded({ alarms: "any" }), faults: [expecting] }, target);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('fault "slow-third" is expected')]);
  });
});

describe("a surge", () => {
  const stages = [
    { rate: 5, over: "1m" },
    { rate: 20, over: "3m" },
    { rate: 10, over: "0s" },
  ];
  const [slow] = drill.faults as [Drill["faults"][0]];
  const { name, duration, expect: expected } = slow;
  const surge = { kind: "surge", name, duration, expect: expected, objectives: [], stages } as Drill["faults"][0];

  test("is planned as a load of its own, in stages that last as long as its fault", () => {
    const plan = planGameDay({ ...drill, faults: [surge] }, target, { ...identity, profile: "rehearsal" });
    const [planned] = plan.faults;
    expect(planned!.surge).toMatchObject({ url: plan.load.url, body: plan.load.body, rate: 20 });
    const lasting = planned!.durationSeconds;
    expect(planned!.surge!.stages!.slice(0, 3)).toEqual([
      { rate: 5, seconds: Math.round(lasting / 4) },
      { rate: 20, seconds: Math.round((lasting * 3) / 4) },
      { rate: 10, seconds: 0 },
    ]);
    // It is ended by its undo, not by itself.
    expect(planned!.surge!.durationSeconds).toBeGreaterThan(lasting);
    expect(Plan.parse(plan)).toEqual(plan);
  });

  test("may have objectives of its own, and none that nobody measures", () => {
    const asked = (measure: string) => ({ ...surge, objectives: [{ measure, atMost: 1 }] });
    expect(checkAgainstTarget({ ...drill, faults: [asked("surge-failed")] }, target)).toEqual([]);
    expect(checkAgainstTarget({ ...drill, faults: [asked("delivered")] }, target)).toMatchObject([
      { path: ["faults", 0, "objectives", 0, "measure"], message: expect.stringContaining('found "delivered"') },
    ]);
    const slowWith = { ...slow, objectives: [{ measure: "surge-p99", atMost: 1 }] };
    expect(checkAgainstTarget({ ...drill, faults: [slowWith] }, target)).toHaveLength(1);
  });
});

describe("a fault that FIS injects", () => {
  const [slow] = drill.faults as [Drill["faults"][0]];
  const { name, duration, expect: expected, objectives } = slow;
  const injected = {
    name,
    duration,
    expect: expected,
    objectives,
    kind: "fis-lambda-delay",
    function: "checkout",
  } as const;
  const byFis = (change: object = {}): Drill => ({
    ...drill,
    faults: [{ ...injected, percentage: 33, delayMs: 250, ...change } as Drill["faults"][0]],
  });
  const byHand = { ...drill, faults: [slow] };

  test("is planned with the time that the extension takes to hear of it, and load lasts so much longer", () => {
    for (const profile of ["full", "rehearsal"] as const) {
      const plan = planGameDay(byFis(), target, { ...identity, profile });
      const { upSeconds, downSeconds } = plan.faults[0]!.ramp!;
      const without = planGameDay(byHand, target, { ...identity, profile });
      expect(without.faults[0]!.ramp).toBeUndefined();
      expect(plan.load.durationSeconds).toBe(without.load.durationSeconds + upSeconds + downSeconds);
      expect(Plan.parse(plan)).toEqual(plan);
    }
    expect(planGameDay(byFis(), target, identity).faults[0]!.ramp).toEqual({
      upSeconds: 60,
      downSeconds: 20,
      metricsSeconds: 900,
    });
  });

  test("lasts as long as an experiment can, at most", () => {
    expect(checkDurations(byFis({ duration: 11 * 3600 }))).toEqual([]);
    expect(checkDurations(byFis({ duration: 12 * 3600 }))).toMatchObject([
      { path: ["faults", 0, "duration"], message: "expected at most 11h57m (an FIS experiment takes 12 h), found 12h" },
    ]);
    expect(checkDurations({ ...byHand, faults: [{ ...slow, duration: 12 * 3600 }] })).toEqual([]);
  });
});
