import { fileURLToPath } from "node:url";
import type { Assembly } from "../cfn/assembly.ts";
import { readAssembly } from "../cfn/assembly.ts";
import { type Graph, type Resource, readGraph } from "../cfn/graph.ts";
import { type Definitions, definitionsOf } from "../executions.ts";
import { loadSteps, type Steps } from "../steps.ts";
import { stacksFor } from "../target.ts";

/** What every history has in common, read once: the synthesised templates, the state machines' files, the steps. */
export interface World {
  readonly assembly: Assembly;
  readonly graph: Graph;
  readonly definitions: Definitions;
  readonly steps: Steps;
  readonly gameDay: Resource;
  readonly safetyNet: Resource;
  /** States of a game day in which it can be stopped: those that take time. */
  readonly states: readonly string[];
  /** Those of them that call a step. */
  readonly tasks: readonly string[];
}

/** What simulated game days are about. */
const TARGET = "orders";
const TEMPLATES = fileURLToPath(new URL("../../cdk.out", import.meta.url));

/** Reads what `npm run synth` made. Throws when there is nothing. */
export async function readWorld(): Promise<World> {
  const assembly = analysed(stacksFor(readAssembly(TEMPLATES), TARGET));
  const graph = readGraph(assembly, "simulation");
  const definitions = definitionsOf(graph, assembly);
  const machine = (name: string) =>
    graph.ofType("AWS::StepFunctions::StateMachine").find(({ path }) => path.includes(`/${name}/`))!;
  const gameDay = machine("GameDay");
  const all = statesOf(definitions.get(gameDay.arn ?? "")!.States as States);
  const named = (...types: string[]) => all.filter(({ type }) => types.includes(type)).map(({ name }) => name);
  return {
    assembly,
    graph,
    definitions,
    steps: await loadSteps(),
    gameDay,
    safetyNet: machine("SafetyNet"),
    states: named("Task", "Wait"),
    tasks: named("Task"),
  };
}

/** The templates as with `-c devopsguru=true`, so that DevOps Guru has something to say. */
function analysed(assembly: Assembly): Assembly {
  for (const { name, template } of assembly.stacks) {
    template.Resources.Analysed = {
      Type: "AWS::DevOpsGuru::ResourceCollection",
      Properties: { ResourceCollectionFilter: { CloudFormation: { StackNames: [name] } } },
    };
  }
  return assembly;
}

type States = Record<string, { Type: string; ItemProcessor?: { States: States } }>;

const statesOf = (states: States): { name: string; type: string }[] =>
  Object.entries(states).flatMap(([name, { Type: type, ItemProcessor }]) => [
    { name, type },
    ...(ItemProcessor ? statesOf(ItemProcessor.States) : []),
  ]);
