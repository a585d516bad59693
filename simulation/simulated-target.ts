import type { Metrics } from "../stand-in/aws/cloudwatch/metrics.ts";
import { TableThroughput } from "../stand-in/aws/dynamodb/operations.ts";
import type { Injection } from "../stand-in/aws/fis/extension.ts";
import { createEventSources } from "../stand-in/aws/lambda/event-source-mappings.ts";
import type { FunctionRecord } from "../stand-in/aws/lambda/operations.ts";
import type { Releases } from "../stand-in/aws/lambda/versions.ts";
import type { Service } from "../stand-in/aws/operation.ts";
import { lambdaTags } from "../stand-in/aws/tag-lists.ts";
import { type BuildingBlocks, createBuildingBlocks } from "../stand-in/building-blocks.ts";
import type { Identities } from "../stand-in/iam/identities.ts";
import { readMappings } from "../stand-in/messaging.ts";
import type { Graph, IsThere } from "../stand-in/templates/cfn/graph.ts";
import type { Target } from "../workflows/state.ts";
import { FRONT, isEphemeral, PUBLISHED } from "./drills.ts";
import { Person } from "./operators.ts";
import type { Scenario } from "./scenario.ts";
import { SimulatedFunctions } from "./simulated-functions.ts";
import { type Records, TargetState } from "./target-state.ts";
import type { Serving } from "./traffic.ts";

/** How long updates take that take a while. */
export const UPDATE_MS = 1500;

interface Options {
  readonly graph: Graph;
  readonly identities: Identities;
  readonly metrics: Metrics;
  readonly target: Target;
  readonly scenario: Scenario;
  readonly isThere: IsThere;
  /** Something that can leave something behind happens now. */
  hit(name: string): void;
  onChange(): void;
}

/** The target's own resources, and the services by which steps and people change them. */
interface SimulatedTarget {
  readonly functions: ReadonlyMap<string, FunctionRecord>;
  readonly blocks: BuildingBlocks;
  readonly lambda: Service;
  /** DynamoDB's operations on tables themselves. */
  readonly tables: Service;
  readonly state: TargetState;
  readonly person: Person;
  /** All of it is new, as its stack deploys it. */
  redeploy(): void;
  /** @param injectionsOf what experiments do to a function with these variables */
  serving(injectionsOf: (record: FunctionRecord, variables: Record<string, string>) => readonly Injection[]): Serving;
}

export function simulatedTarget(options: Options): SimulatedTarget {
  const { graph, identities, metrics, target, scenario, isThere } = options;
  const blocks = createBuildingBlocks({ graph, metrics, salt: "simulation", put: () => {}, isThere });
  // No message is on its way but notices, and nobody measures those: to sample every second takes longer than all else.
  blocks.queues.stop();
  const functions = new SimulatedFunctions({ ...options, updateMs: UPDATE_MS });
  const eventSources = readMappings({ graph, identities, queues: blocks.queues, records: functions.records });
  const mappings = createEventSources(eventSources, UPDATE_MS);
  const tables = new TableThroughput({ resources: graph.ofType("AWS::DynamoDB::Table"), updateMs: UPDATE_MS });
  const records: Records = {
    ...{ target, functions: functions.records, inEffect: functions.inEffect, blocks, eventSources },
    ...{ tables: tables.records, aliases: functions.releases.aliases },
  };
  publishMore(functions.releases);
  if (!isEphemeral(scenario.target)) setUpBefore(records, scenario);
  const front = graph.byName("AWS::Lambda::Function", frontOf(records, scenario).name)!;
  const state = new TargetState(records, () => isThere(front));
  const { apigateway, sqs } = blocks.services;
  const byHand = { apigateway, sqs, tables: tables.service, lambda: { ...functions.byHand, ...mappings } };
  return {
    ...{ blocks, state, functions: functions.records, tables: tables.service },
    lambda: {
      ...{ ...functions.service, ...mappings },
      ...lambdaTags([...functions.records.values()], [...eventSources.values()]),
    },
    person: new Person(records, state, byHand),
    redeploy: redeploymentOf(records, functions.inEffect),
    serving(injectionsOf) {
      const record = frontOf(records, scenario);
      const { aliases, versions, serving } = functions.releases;
      const called = [...aliases.values()].find(({ of }) => of === record)?.arn ?? record.arn;
      // A version is what it was when it was published; what serves else is what is in effect.
      const variables = () => versions.get(serving(called))?.variables ?? functions.inEffect.get(record.name)!;
      const [behind] = Object.values(target.tables ?? {});
      return {
        ...{ record, variables, injections: () => injectionsOf(record, variables()) },
        mostWrites: () => (behind === undefined ? undefined : tables.records.get(behind)!.most.write),
      };
    },
  };
}

const frontOf = ({ target, functions }: Records, scenario: Scenario): FunctionRecord =>
  functions.get(target.functions[FRONT[scenario.target]]!)!;

/** Makes everything that game days change in a stack of their own as it is now. */
function redeploymentOf({ functions, tables }: Records, inEffect: SimulatedFunctions["inEffect"]): () => void {
  const before = [...functions.values()].map((record) => ({ record, ...structuredClone(record) }));
  const most = [...tables.values()].map((record) => ({ record, most: record.most }));
  return () => {
    for (const { record, variables, reservedConcurrency } of before) {
      record.variables = { ...variables };
      record.lastUpdateStatus = "Successful";
      if (reservedConcurrency === undefined) delete record.reservedConcurrency;
      else record.reservedConcurrency = reservedConcurrency;
      inEffect.set(record.name, { ...variables });
    }
    for (const { record, most: deployed } of most) record.most = deployed;
  };
}

/** Releases that nobody has taken yet: the same as the one that serves. */
function publishMore({ aliases, publish }: Releases): void {
  for (const { of } of aliases.values()) for (const _ of Object.values(PUBLISHED)) publish(of);
}

/** What stands there before the first game day, where it is not as deployed. */
function setUpBefore(records: Records, scenario: Scenario): void {
  const { target, blocks, tables } = records;
  const { reserved, limitless, mostWrites } = scenario.before;
  if (reserved !== undefined) frontOf(records, scenario).reservedConcurrency = reserved;
  for (const id of Object.values(target.usagePlans ?? {})) {
    if (limitless) delete blocks.plans.records.get(id)!.throttle;
  }
  for (const name of Object.values(target.tables ?? {})) {
    if (mostWrites !== undefined) tables.get(name)!.most = { write: mostWrites };
  }
}
