import { PARAMETERS } from "../../workflows/names.ts";
import { System } from "../../workflows/system.ts";
import type { Graph } from "../templates/cfn/graph.ts";

/** Where gameday's own parts are in these templates; undefined when they do not say. */
export function systemOf(graph: Graph): System | undefined {
  const parameter = graph.byName("AWS::SSM::Parameter", PARAMETERS.system);
  return parameter && System.parse(JSON.parse(String(parameter.properties.Value)));
}
