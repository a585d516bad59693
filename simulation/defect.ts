import type { Runtime } from "../functions/runtime/step.ts";
import type { Invocation } from "../stand-in/aws/operation.ts";
import type { Definitions } from "../stand-in/aws/step-functions/executions.ts";
import type { Steps } from "../stand-in/gameday/steps.ts";
import type { Graph } from "../stand-in/templates/cfn/graph.ts";

/** Something that is wrong on purpose, to see whether the simulation finds it. One defect holds for one history. */
export interface Defect {
  readonly name: string;
  graph?(graph: Graph): Graph;
  definitions?(definitions: Definitions): Definitions;
  steps?(steps: Steps): Steps;
  /** Called once a history: what it returns is applied to what each step is handed. */
  spoil?(): (runtime: Runtime, invocation: Invocation) => Runtime;
}
