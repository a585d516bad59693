import { expect, test } from "vitest";
import { comparisonOf } from "../../report/comparison.ts";
import { comparisonTable, conclusion, table } from "../../report/terminal.ts";
import { sampleResult } from "./sample.ts";

test("the conclusion is the answer, and what to type when something was not put back", () => {
  const { sentence, byHand } = conclusion(sampleResult());
  expect(sentence.replaceAll("\n", " ")).toBe(sampleResult().sentence);
  expect(Math.max(...sentence.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(byHand).toBeUndefined();
  const restored = { ok: false, checks: [], conflicts: [], byHand: ["aws x", "aws y"] };
  expect(conclusion(sampleResult({ restored })).byHand).toBe(
    "\nNOT RESTORED. To put it back by hand:\n  aws x\n  aws y",
  );
});

test("game days side by side begin with their verdicts", () => {
  const comparison = comparisonOf([sampleResult(), sampleResult({ target: "other", verdict: "failed" })]);
  const [head, , verdicts] = comparisonTable(comparison).split("\n");
  expect(head).toMatch(/^ +shop +other *$/);
  expect(verdicts).toMatch(/^verdict +passed +failed$/);
});

test("the last column of a table wraps at 80 columns", () => {
  const text = table(["name", "says"], [["a", "word ".repeat(40).trim()]]);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(text.match(/word/g)).toHaveLength(40);
});
