import * as z from "zod";
import type { Graph } from "../templates/cfn/graph.ts";

/** The parameter in which the game-day stack says where its parts are. */
export const SYSTEM_PARAMETER = "/gameday/system";

export const System = z.object({
  leaseTable: z.string(),
  journalTable: z.string(),
  resultsBucket: z.string(),
  /** ARNs of the state machines. */
  gameDay: z.string(),
  safetyNet: z.string(),
});
export type System = z.infer<typeof System>;

/** Where gameday's own parts are in these templates; undefined when they do not say. */
export function systemOf(graph: Graph): System | undefined {
  const parameter = graph.byName("AWS::SSM::Parameter", SYSTEM_PARAMETER);
  return parameter && System.parse(JSON.parse(String(parameter.properties.Value)));
}
