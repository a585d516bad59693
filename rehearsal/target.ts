import { Target } from "../workflows/state.ts";
import type { Graph } from "./cfn/graph.ts";

const PARAMETER = "/gameday/targets/";

/** The targets that the templates describe, by name: what the Plan step would read from SSM. */
export function targetsOf(graph: Graph): Map<string, Target> {
  const described = graph
    .ofType("AWS::SSM::Parameter")
    .filter(({ name }) => name.startsWith(PARAMETER))
    .map(({ properties }) => Target.parse(JSON.parse(String(properties.Value))));
  return new Map(described.map((target) => [target.name, target]));
}
