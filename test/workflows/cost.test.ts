import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { estimateCost, estimateCostSoFar } from "../../workflows/cost.ts";
import { planGameDay } from "../../workflows/plan.ts";
import { USUAL_REQUEST } from "../../workflows/request-usage.ts";
import type { Plan } from "../../workflows/state.ts";
import { identity, sampleDrill, samplePlan, target } from "./sample.ts";

const plan = samplePlan();
const load = (changes: Partial<Plan["load"]>) => estimateCost({ ...plan, load: { ...plan.load, ...changes } });
const costOf = (cost: ReturnType<typeof estimateCost>, what: string) =>
  cost.items.find((item) => item.what.startsWith(what))!.usd;

test("the estimate is the sum of its items, with the date of its prices", () => {
  const cost = estimateCost(plan);
  expect(cost.estimatedUsd).toBeCloseTo(
    cost.items.reduce((sum, { usd }) => sum + usd, 0),
    12,
  );
  expect(cost.items.every(({ usd }) => usd > 0)).toBe(true);
  expect(cost.pricesOf).toMatch(/^\d{4}-\d{2}, [a-z]+-[a-z]+-\d$/);
});

test("an hour of load at five requests a second costs cents, not dollars", () => {
  const { estimatedUsd } = load({ durationSeconds: 3600, rate: 5 });
  expect(estimatedUsd).toBeGreaterThan(0.05);
  expect(estimatedUsd).toBeLessThan(0.3);
});

test("twice the rate is twice the target's part and no more of the rest", () => {
  const once = estimateCost(plan);
  const twice = load({ rate: plan.load.rate * 2 });
  expect(costOf(twice, "target")).toBeCloseTo(2 * costOf(once, "target"), 12);
  expect(costOf(twice, "load")).toBe(costOf(once, "load"));
});

test("a target that says what a request uses up is priced by it", () => {
  const using = (perRequest: NonNullable<Plan["target"]["perRequest"]>) =>
    costOf(estimateCost({ ...plan, target: { ...plan.target, perRequest } }), "target");
  const requests = plan.load.rate * plan.load.durationSeconds;
  const nothing = using({});
  expect(using({ restApiRequests: 2 }) - nothing).toBeCloseTo(requests * 2 * 0.0000035, 9);
  expect(using({ functionGbSeconds: 3 }) - nothing).toBeCloseTo(requests * 3 * 0.0000133334, 9);
  expect(using(USUAL_REQUEST)).toBe(costOf(estimateCost(plan), "target"));
});

test("twice the shards are twice the tasks", () => {
  expect(costOf(load({ shards: 2 }), "load")).toBeCloseTo(2 * costOf(estimateCost(plan), "load"), 12);
});

test("more time costs more of everything", () => {
  const short = estimateCost(plan);
  const long = load({ durationSeconds: plan.load.durationSeconds * 3 });
  for (const [index, item] of long.items.entries()) expect(item.usd).toBeGreaterThan(short.items[index]!.usd);
});

test("looking more often makes transitions and calls dearer, nothing else", () => {
  const often = estimateCost({ ...plan, watchSeconds: plan.watchSeconds / 10 });
  const seldom = estimateCost(plan);
  const dearer = often.items.filter((item, index) => item.usd > seldom.items[index]!.usd).map(({ what }) => what);
  expect(dearer).toEqual([expect.stringMatching(/^Step Functions/), expect.stringMatching(/^steps/)]);
});

test("what a rehearsal would cost on AWS is less than the drill in full", () => {
  const rehearsal = planGameDay(sampleDrill(), target, { ...identity, profile: "rehearsal" });
  expect(estimateCost(rehearsal).estimatedUsd).toBeLessThan(estimateCost(plan).estimatedUsd);
});

describe("what has been spent so far", () => {
  const started = Date.parse(plan.startedAt);
  const at = (seconds: number) => new Date(started + seconds * 1000);
  const soFar = (seconds: number, startOfLoad?: number) =>
    estimateCostSoFar(plan, { now: at(seconds), startOfLoad: startOfLoad === undefined ? undefined : at(startOfLoad) });

  test("is the whole estimate when everything took as long as planned", () => {
    expect(soFar(plan.load.durationSeconds, 0)).toEqual(estimateCost(plan));
  });

  test("has nothing of the target in it before the load is released", () => {
    const waiting = soFar(600);
    expect(costOf(waiting, "target")).toBe(0);
    expect(costOf(waiting, "results")).toBe(0);
    expect(costOf(waiting, "load")).toBeGreaterThan(0);
  });

  test("grows with time, and goes on growing while tasks run for longer than planned", () => {
    const { durationSeconds } = plan.load;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 * durationSeconds }),
        fc.nat({ max: 3600 }),
        fc.nat({ max: 3600 }),
        (seconds, more, start) => {
          const [earlier, later] = [soFar(seconds, start), soFar(seconds + more, start)];
          expect(later.estimatedUsd).toBeGreaterThanOrEqual(earlier.estimatedUsd);
          if (seconds <= durationSeconds)
            expect(earlier.estimatedUsd).toBeLessThanOrEqual(estimateCost(plan).estimatedUsd + 1e-9);
        },
      ),
    );
    expect(soFar(durationSeconds + 3600, 0).estimatedUsd).toBeGreaterThan(estimateCost(plan).estimatedUsd);
  });
});

describe("an experiment of FIS", () => {
  const experiment = { kind: "fis-lambda-error", function: "checkout", percentage: 5, preventExecution: true } as const;
  const [fault] = plan.faults as [Plan["faults"][0]];
  const withFis: Plan = { ...plan, faults: [{ ...fault, spec: experiment, durationSeconds: 15 * 60 }] };

  test("costs ten cents for each minute that it lasts, when nobody stops it", () => {
    expect(estimateCost(withFis).items.at(-1)).toEqual({ what: "FIS: at most 18 action-minutes", usd: 1.8 });
    expect(estimateCost(plan).items.some(({ what }) => what.startsWith("FIS"))).toBe(false);
  });

  test("has cost no more so far than there has been load", () => {
    const started = Date.parse(plan.startedAt);
    const soFar = (seconds: number) =>
      estimateCostSoFar(withFis, { now: new Date(started + seconds * 1000), startOfLoad: new Date(started) });
    expect(costOf(soFar(300), "FIS")).toBeCloseTo(0.5, 12);
    expect(soFar(withFis.load.durationSeconds)).toEqual(estimateCost(withFis));
  });
});
