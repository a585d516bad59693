import { expect, test } from "vitest";
import { countsOf } from "./counts.mjs";

const results = { numPassedTests: 3, numFailedTests: 1, numPendingTests: 1, numTodoTests: 1, testResults: [] };

test("adds up what vitest says", () => {
  expect(countsOf(results, false)).toEqual({ passed: 3, failed: 1, skipped: 2 });
});

test("a file that cannot be loaded has failed", () => {
  const broken = { ...results, numFailedTests: 0, testResults: [{ status: "failed", assertionResults: [] }] };
  expect(countsOf(broken, false).failed).toBe(1);
});

test("a run that failed for no test's sake, or left no results, has failed", () => {
  expect(countsOf({ ...results, numFailedTests: 0 }, false).failed).toBe(1);
  expect(countsOf(undefined, false)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});
