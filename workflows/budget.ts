import { estimateCost } from "./cost.ts";
import type { Problem } from "./problem.ts";
import type { Plan } from "./state.ts";

/** What is wrong with the budget: a game day that would go beyond it is not begun. */
export function checkBudget(plan: Plan): Problem[] {
  const budget = plan.guard?.budgetUsd;
  const { estimatedUsd } = estimateCost(plan);
  if (budget === undefined || estimatedUsd <= budget) return [];
  return [
    {
      path: ["guard", "budget"],
      message: `expected at least ${roundedUp(estimatedUsd)} US dollars, which the game day costs by the estimate, found ${budget}`,
    },
  ];
}

/** In cents, or in tenths of what is less than a cent. */
function roundedUp(usd: number): number {
  const unit = usd >= 0.01 ? 0.01 : 0.001;
  return Number((Math.ceil(usd / unit) * unit).toFixed(3));
}
