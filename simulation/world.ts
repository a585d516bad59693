import { fileURLToPath } from "node:url";
import { type Definitions, definitionsOf } from "../stand-in/aws/step-functions/executions.ts";
import { loadSteps, type Steps } from "../stand-in/gameday/steps.ts";
import { stacksFor, targetsOf } from "../stand-in/gameday/target.ts";
import { readGraph } from "../stand-in/read-graph.ts";
import type { Assembly } from "../stand-in/templates/cfn/assembly.ts";
import { readAssembly } from "../stand-in/templates/cfn/assembly.ts";
import type { Graph, Resource } from "../stand-in/templates/cfn/graph.ts";
import type { Target } from "../workflows/state.ts";
import { TARGETS, type TargetName } from "./drills.ts";

/** What every history has in common, read once: the synthesised templates, the state machines' files, the steps. */
export interface World {
  readonly targets: Readonly<Record<TargetName, TargetWorld>>;
  readonly steps: Steps;
  /** States of a game day in which it can be stopped: those that take time. */
  readonly states: readonly string[];
  /** Those of them that call a step. */
  readonly tasks: readonly string[];
}

/** gameday's own stack with that of one target: a history is about one, and reads no other's. */
export interface TargetWorld {
  readonly assembly: Assembly;
  readonly graph: Graph;
  readonly definitions: Definitions;
  readonly target: Target;
  readonly gameDay: Resource;
  readonly safetyNet: Resource;
}

const TEMPLATES = fileURLToPath(new URL("../cdk.out", import.meta.url));

/** Reads what `npm run synth` made. Throws when there is nothing. */
export async function readWorld(): Promise<World> {
  const targets = Object.fromEntries(TARGETS.map((name) => [name, readTarget(name)])) as World["targets"];
  const { definitions, gameDay } = targets[TARGETS[0]];
  const all = statesOf(definitions.get(gameDay.arn ?? "")!.States as States);
  const named = (...types: string[]) => all.filter(({ type }) => types.includes(type)).map(({ name }) => name);
  return { targets, steps: await loadSteps(), states: named("Task", "Wait"), tasks: named("Task") };
}

function readTarget(name: TargetName): TargetWorld {
  const assembly = analysed(stacksFor(readAssembly(TEMPLATES), name));
  const graph = readGraph(assembly, "simulation");
  const machine = (part: string) =>
    graph.ofType("AWS::StepFunctions::StateMachine").find(({ path }) => path.includes(`/${part}/`))!;
  return {
    assembly,
    graph,
    definitions: definitionsOf(graph, assembly),
    target: targetsOf(graph).get(name)!,
    gameDay: machine("GameDay"),
    safetyNet: machine("SafetyNet"),
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
