import { expect, test } from "vitest";
import { type Cell, cellText, code, mark, strong } from "../../report/cells.ts";

test.each<[Cell, string]>([
  ["text", "text"],
  [strong("slow-third"), "slow-third"],
  [code("SLOW_MS=250"), "SLOW_MS=250"],
  [{ is: "instant", at: "2026-11-21T09:31:00Z", otherwise: "never" }, "2026-11-21 09:31:00 UTC"],
  [{ is: "instant", at: undefined, otherwise: "never" }, "never"],
  [{ is: "seconds", seconds: 17.3 }, "17 s"],
  [{ is: "seconds", seconds: undefined }, "–"],
  [{ is: "milliseconds", ms: 3.14 }, "3.1 ms"],
  [{ is: "milliseconds", ms: undefined }, "–"],
  [{ is: "number", value: 3800 }, "3,800"],
  [{ is: "share", share: 0.021 }, "2.1 %"],
  [{ is: "usd", usd: 0.0016 }, "$0.002"],
  [{ is: "measure", value: 312, unit: "milliseconds" }, "312 ms"],
  [{ is: "outcome", outcome: "could-not-tell" }, "could not tell"],
  [mark(true, "as before", "not as before"), "✓ as before"],
  [{ is: "judged", text: "at most 500 ms", ok: false, yes: "met", no: "not met" }, "at most 500 ms ✗"],
  [{ is: "list", items: ["a", "b"] }, "a; b"],
])("%j reads %s", (cell, text) => {
  expect(cellText(cell)).toBe(text);
});
