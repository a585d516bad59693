import { expect, test } from "vitest";
import { comparisonOf } from "../../report/comparison.ts";
import { comparisonPage } from "../../report/comparison-page.ts";
import { hostileResult, sampleResult } from "./sample.ts";

test("a page of its own shows the answers and a table for each fault", () => {
  const page = comparisonPage(comparisonOf([sampleResult(), sampleResult({ target: "shop-with-cache" })]));
  expect(page).toContain("<h1>A slow dependency in checkout: shop and shop-with-cache</h1>");
  expect(page).toContain("<h2>slow-third</h2>");
  expect(page).toContain('<td data-head="What">load: p99</td><td data-head="shop">312 ms ✓ (at most 500 ms)</td>');
});

test("lets nothing of a result become markup", () => {
  const page = comparisonPage(comparisonOf([hostileResult(), hostileResult()]));
  expect(page).not.toContain("<script");
  expect(page).not.toMatch(/<img/i);
});
