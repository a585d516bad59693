import { basename } from "node:path";
import { EphemeralStack, stackParameter } from "../../../workflows/stack.ts";
import type { Assembly } from "../../templates/cfn/assembly.ts";
import type { Graph } from "../../templates/cfn/graph.ts";

const PARAMETER = stackParameter("");

/** The stacks that game days may bring up, by their targets: what the Plan step would read from SSM. */
export function ephemeralStacksOf(graph: Graph): Map<string, EphemeralStack> {
  const described = graph.ofType("AWS::SSM::Parameter").filter(({ name }) => name.startsWith(PARAMETER));
  return new Map(
    described.map(({ name, properties }) => [
      name.slice(PARAMETER.length),
      EphemeralStack.parse(JSON.parse(String(properties.Value))),
    ]),
  );
}

/** Their names: what stands in CloudFormation's place until a game day asks for one. */
export const ephemeralNames = (graph: Graph): ReadonlySet<string> =>
  new Set([...ephemeralStacksOf(graph).values()].map(({ stackName }) => stackName));

/** Whether the asset that a template's address names was synthesised. */
export const hasAsset = ({ files }: Pick<Assembly, "files">, url: string): boolean =>
  files.has(basename(new URL(url).pathname));
