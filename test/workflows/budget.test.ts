import { expect, test } from "vitest";
import { checkBudget } from "../../workflows/budget.ts";
import { samplePlan } from "./sample.ts";

test("a budget that the estimate exceeds is refused, with what would do", () => {
  const planned = (budgetUsd: number) => samplePlan({ guard: { budgetUsd } });
  const [problem] = checkBudget(planned(0.05));
  expect(problem!.path).toEqual(["guard", "budget"]);
  const [, least] = /expected at least ([\d.]+) US dollars, .* found 0.05$/.exec(problem!.message)!;
  expect(checkBudget(planned(Number(least)))).toEqual([]);
  expect(checkBudget(planned(Number(least) - 0.02))).toHaveLength(1);
  expect(checkBudget(samplePlan())).toEqual([]);
});
