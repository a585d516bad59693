import type { Runtime } from "../../functions/runtime/step.ts";
import type { Graph } from "../cfn/graph.ts";
import type { Definitions } from "../executions.ts";
import type { Invocation } from "../services/operation.ts";
import type { Steps } from "../steps.ts";

/** Something that is wrong on purpose, to see whether the simulation finds it. One defect holds for one history. */
export interface Defect {
  readonly name: string;
  graph?(graph: Graph): Graph;
  definitions?(definitions: Definitions): Definitions;
  steps?(steps: Steps): Steps;
  /** Called once a history: what it returns is applied to what each step is handed. */
  spoil?(): (runtime: Runtime, invocation: Invocation) => Runtime;
}
