import { readFileSync } from "node:fs";
import type { Drill } from "../../workflows/drill.ts";
import { readDrill } from "../../workflows/drill-file.ts";
import { type GameDayIdentity, planGameDay } from "../../workflows/plan.ts";
import type { Plan, Target } from "../../workflows/state.ts";

/** A drill of every part that a drill can have, and the target that it is for: what tests change to see what follows. */

export const DRILL_TEXT = `name: slow-dependency
title: A slow dependency
hypothesis: Somebody notices.
target: shop

load:
  rate: 5
  request:
    method: POST
    path: /orders
    body: { item: notebook }
  timeout: 10s

warmUp: 5m
baseline: 1h
faults:
  - name: slow-third
    kind: lambda-env
    function: checkout
    set: { SLOW_MS: "250", SLOW_SHARE: "0.33" }
    duration: 15m
    expect:
      - { detector: load-comparison, outcome: detected, within: 5m }
      - { detector: cloudwatch-alarms, outcome: not-detected }
  - name: nothing
    kind: none
    duration: 10m
    expect:
      - { detector: load-comparison, outcome: any }
recovery:
  within: 10m
  margin: 0.25

rehearsal:
  rate: 40
  warmUp: 10s
  baseline: 35s
  fault: 25s
  recovery: 20s
  within: 22s
  alarmPeriod: 5s
`;

export const target: Target = {
  name: "shop",
  url: "https://shop.example/",
  functions: { checkout: "Shop-Checkout-1A2B", basket: "Shop-Basket-3C4D" },
  alarms: ["Shop-Errors-5E6F"],
};

/** The drill in {@link DRILL_TEXT}, with one text in it replaced by another. */
export function drillText(from = "", to = ""): string {
  if (!DRILL_TEXT.includes(from)) throw new Error(`the sample drill has no "${from}"`);
  return DRILL_TEXT.replace(from, () => to);
}

export function sampleDrill(changes: Partial<Drill> = {}): Drill {
  const file = readDrill(DRILL_TEXT);
  if (!file.ok) throw new Error(file.problems.map(({ message }) => message).join("; "));
  return { ...file.drill, ...changes };
}

export const identity: GameDayIdentity = {
  id: "day-1",
  executionArn: "arn:aws:states:eu-central-1:123456789012:execution:GameDay:day-1",
  startedAt: new Date("2026-11-21T09:00:00Z"),
  profile: "full",
};

export function samplePlan(changes: Partial<Plan> = {}): Plan {
  return { ...planGameDay(sampleDrill(), target, identity), ...changes };
}

/** Reads a shipped drill. */
export const shippedDrill = (file: string): string =>
  readFileSync(new URL(`../../workflows/drills/${file}`, import.meta.url), "utf8");
