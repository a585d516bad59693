import { describe, expect, test } from "vitest";
import { foldPeriods, judgeMeasure, measureText, ratio } from "../../analysis/objectives.ts";

const delivered = { name: "delivered", title: "delivered", unit: "share" as const, baseline: 1 };

describe("a measure", () => {
  test("beside its objective is met on the limit and missed beyond it", () => {
    const objective = { measure: "delivered", atLeast: 0.99 };
    expect(judgeMeasure({ ...delivered, value: 0.99 }, objective)).toMatchObject({
      met: true,
      expected: "at least 99 %",
    });
    expect(judgeMeasure({ ...delivered, value: 0.98 }, objective)).toMatchObject({ met: false, value: 0.98 });
    const between = { measure: "delivered", atLeast: 0.1, atMost: 0.2 };
    expect(judgeMeasure({ ...delivered, value: 0.3 }, between)).toMatchObject({
      met: false,
      expected: "at least 10 % and at most 20 %",
    });
  });

  test("without a value meets no objective, and says nothing where none is asked", () => {
    expect(judgeMeasure({ ...delivered, value: undefined }, { measure: "delivered", atMost: 1 })).toMatchObject({
      met: false,
    });
    expect(judgeMeasure({ ...delivered, value: 0.5 }, undefined)).toEqual({ ...delivered, value: 0.5 });
  });
});

describe("periods of a series", () => {
  test("add up as sums, and are their worst otherwise", () => {
    expect(foldPeriods("Sum", [1, 2, 3])).toBe(6);
    expect(foldPeriods("p99", [10, 30, 20])).toBe(30);
    expect(foldPeriods("Maximum", [])).toBeUndefined();
  });

  test("that are missing count as none where the other series has some, and nothing is no share of nothing", () => {
    expect(ratio(undefined, 10)).toBe(0);
    expect(ratio(5, 10)).toBe(0.5);
    expect(ratio(5, 0)).toBeUndefined();
    expect(ratio(5, undefined)).toBeUndefined();
  });
});

test("numbers are shown in their unit", () => {
  expect(measureText(0.123, "share")).toBe("12 %");
  expect(measureText(1234, "milliseconds")).toBe("1.2 s");
  expect(measureText(12_345, "count")).toBe("12,345");
  expect(measureText(undefined, "count")).toBe("–");
});
