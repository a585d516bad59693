import type { Execution } from "../stand-in/aws/step-functions/state-machine.ts";
import { planKey, resultKey } from "../workflows/names.ts";
import type { Result } from "../workflows/result.ts";
import { Plan } from "../workflows/state.ts";
import type { SimulatedRegion } from "./simulated-region.ts";
import type { TargetWorld } from "./world.ts";

/** What is left of one game day. */
export interface Ending {
  readonly name: string;
  readonly execution: Execution | undefined;
  readonly plan: Plan | undefined;
  readonly result: Pick<Result, "verdict" | "restored" | "reasons"> | undefined;
  readonly reported: boolean;
}

export function endingOf(name: string, { executions, read, has }: SimulatedRegion, { gameDay }: TargetWorld): Ending {
  const plan = Plan.safeParse(read(planKey(name)));
  return {
    name,
    execution: [...executions.values()].find((one) => one.name === name && one.machineArn === gameDay.arn),
    plan: plan.success ? plan.data : undefined,
    result: read(resultKey(name, "result.json")) as Ending["result"],
    reported: has(resultKey(name, "report.html")),
  };
}
