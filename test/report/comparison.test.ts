import { describe, expect, it } from "vitest";
import { columnsOf, compareResults } from "../../report/comparison.ts";
import { sampleResult } from "./sample.ts";

const shop = sampleResult();
const [slow] = shop.faults;

describe("a comparison", () => {
  it("has a row for each question, with the answer of each game day", () => {
    const other = sampleResult({
      target: "shop-with-cache",
      faults: [{ ...slow!, measures: [{ ...slow!.measures[1]!, value: 700, met: false }], detections: [] }],
    });
    const rows = compareResults([shop, other]);
    const row = (what: string) => rows.find((one) => one.what === what)!.values;
    expect(row("load: p99")).toEqual(["312 ms ✓ (at most 500 ms)", "700 ms ✗ (at most 500 ms)"]);
    expect(row("load: failed")).toEqual(["0.2 %", "–"]);
    expect(row("the alarms")).toEqual(["did not notice", "not asked"]);
  });

  it("names its columns after the targets, and after the game days when the target is the same", () => {
    expect(columnsOf([shop, sampleResult({ target: "other" })])).toEqual([shop.target, "other"]);
    expect(columnsOf([shop, sampleResult({ id: "day-2" })])).toEqual([shop.id, "day-2"]);
  });
});
