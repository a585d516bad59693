import type { FaultPlace } from "../../../functions/changes/place.ts";
import type { Configuration } from "../../../functions/runtime/configuration.ts";
import type { Plan, PlannedFault } from "../../../workflows/state.ts";
import { samplePlan } from "../../workflows/sample.ts";

interface Given {
  plan?: Partial<Plan>;
  fault?: Partial<PlannedFault>;
  configuration?: Partial<Configuration>;
}

/** The place of the first fault of game day `day-1`, on the machine's clock. */
export function placeOfFault({ plan, fault, configuration }: Given = {}): FaultPlace {
  const whole = samplePlan({ id: "day-1", ...plan });
  return {
    plan: whole,
    fault: { ...whole.faults[0]!, index: 0, ...fault },
    clock: { now: () => new Date() },
    configuration: configuration as Configuration,
    results: undefined as never,
    writeDown: async () => {},
  };
}
