import { PARAMETERS } from "../../workflows/names.ts";
import { Target } from "../../workflows/state.ts";
import { readGraph } from "../read-graph.ts";
import type { Assembly } from "../templates/cfn/assembly.ts";
import type { Graph, Resource } from "../templates/cfn/graph.ts";

const { targets } = PARAMETERS;

const descriptionsIn = (graph: Graph): Resource[] =>
  graph.ofType("AWS::SSM::Parameter").filter(({ name }) => targets.nameIn(name) !== undefined);

/** The targets that the templates describe, by name: what the Plan step would read from SSM. */
export function targetsOf(graph: Graph): Map<string, Target> {
  const described = descriptionsIn(graph).map(({ properties }) => Target.parse(JSON.parse(String(properties.Value))));
  return new Map(described.map((target) => [target.name, target]));
}

/** What a game day on one target is about: the target's own stack, and those that are no target's. The others rest. */
export function stacksFor(assembly: Assembly, target: string): Assembly {
  const descriptions = descriptionsIn(readGraph(assembly, "stacks"));
  const others = new Set(descriptions.filter(({ name }) => name !== targets.of(target)).map(({ stack }) => stack));
  for (const { name, stack } of descriptions) if (name === targets.of(target)) others.delete(stack);
  return { ...assembly, stacks: assembly.stacks.filter(({ name }) => !others.has(name)) };
}
