import { basename } from "node:path";
import { PARAMETERS } from "../../../workflows/names.ts";
import { EphemeralStack } from "../../../workflows/stack.ts";
import type { Assembly } from "../../templates/cfn/assembly.ts";
import type { Graph } from "../../templates/cfn/graph.ts";

/** The stacks that game days may bring up, by their targets: what the Plan step would read from SSM. */
export function ephemeralStacksOf(graph: Graph): Map<string, EphemeralStack> {
  return new Map(
    graph.ofType("AWS::SSM::Parameter").flatMap(({ name, properties }) => {
      const target = PARAMETERS.stacks.nameIn(name);
      return target === undefined
        ? []
        : [[target, EphemeralStack.parse(JSON.parse(String(properties.Value)))] as const];
    }),
  );
}

/** Their names: what stands in CloudFormation's place until a game day asks for one. */
export const ephemeralNames = (graph: Graph): ReadonlySet<string> =>
  new Set([...ephemeralStacksOf(graph).values()].map(({ stackName }) => stackName));

/** Whether the asset that a template's address names was synthesised. */
export const hasAsset = ({ files }: Pick<Assembly, "files">, url: string): boolean =>
  files.has(basename(new URL(url).pathname));
