import { describe, expect, test } from "vitest";
import { type InsightRecord, judgeInsights } from "../../analysis/insights.ts";

const NINE = Date.parse("2026-11-21T09:00:00Z");
const minutes = (count: number) => NINE + count * 60_000;
const FAULT = { from: minutes(10), to: minutes(40) };
const TARGET = ["Shop", "Shop-Buy-1A2B"];

const insight = (changes: Partial<InsightRecord> = {}): InsightRecord => ({
  id: "one",
  name: "Lambda duration is unusual",
  severity: "MEDIUM",
  beganAt: minutes(12),
  firstSeenAt: minutes(31),
  touches: ["Shop"],
  anomalies: ["AWS/Lambda Duration"],
  recommendations: 2,
  ...changes,
});

describe("an insight counts", () => {
  test("from the look that saw it, with what it says", () => {
    expect(judgeInsights([insight()], FAULT, TARGET)).toEqual({
      outcome: "detected",
      detectedAt: minutes(31),
      detail:
        "medium insight “Lambda duration is unusual”, unusual since 09:12:00, in AWS/Lambda Duration, still open, 2 recommendations",
    });
  });

  test("when one of its resources is the target's, and a minute early, since metrics are of minutes", () => {
    const early = insight({ beganAt: minutes(9.5), touches: ["Shop-Buy-1A2B"], closedAt: minutes(50) });
    expect(judgeInsights([early], FAULT, TARGET)).toMatchObject({
      outcome: "detected",
      detail: expect.stringContaining("closed 09:50:00"),
    });
  });

  test("the one seen first of several", () => {
    const [late, soon] = [insight({ firstSeenAt: minutes(39) }), insight({ id: "two", firstSeenAt: minutes(20) })];
    expect(judgeInsights([late, soon], FAULT, TARGET)).toMatchObject({ detectedAt: minutes(20) });
  });
});

describe("an insight does not count", () => {
  test.each([
    ["about another system", { touches: ["Billing"] }],
    ["that began before the fault", { beganAt: minutes(2) }],
    ["that began after it was over", { beganAt: minutes(41) }],
  ])("%s", (_, changes) => {
    expect(judgeInsights([insight(changes)], FAULT, TARGET)).toEqual({
      outcome: "not-detected",
      detail: "no insight about the target began while the fault lasted; 1 about something else or from before",
    });
  });
});
