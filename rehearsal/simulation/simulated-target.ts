import type { Target } from "../../workflows/state.ts";
import { type BuildingBlocks, createBuildingBlocks } from "../building-blocks.ts";
import type { Graph } from "../cfn/graph.ts";
import type { Injection } from "../hosts/fis-extension.ts";
import type { Identities } from "../iam/identities.ts";
import { readMappings } from "../messaging.ts";
import { createEventSources } from "../services/event-sources.ts";
import type { FunctionRecord } from "../services/lambda.ts";
import type { Metrics } from "../services/metrics.ts";
import type { Service } from "../services/operation.ts";
import { TableThroughput } from "../services/table-throughput.ts";
import { lambdaTags } from "../services/tag-lists.ts";
import { FRONT } from "./drills.ts";
import { Person } from "./people.ts";
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
  /** @param injectionsOf what experiments do to a function with these variables */
  serving(injectionsOf: (record: FunctionRecord, variables: Record<string, string>) => readonly Injection[]): Serving;
}

export function simulatedTarget(options: Options): SimulatedTarget {
  const { graph, identities, metrics, target, scenario } = options;
  const blocks = createBuildingBlocks({ graph, metrics, salt: "simulation", put: () => {} });
  // No message is on its way but notices, and nobody measures those: to sample every second takes longer than all else.
  blocks.queues.stop();
  const functions = new SimulatedFunctions({ ...options, updateMs: UPDATE_MS });
  const eventSources = readMappings({ graph, identities, queues: blocks.queues, records: functions.records });
  const mappings = createEventSources(eventSources, UPDATE_MS);
  const tables = new TableThroughput({ resources: graph.ofType("AWS::DynamoDB::Table"), updateMs: UPDATE_MS });
  const records: Records = {
    ...{ target, functions: functions.records, inEffect: functions.inEffect, blocks, eventSources },
    tables: tables.records,
  };
  setUpBefore(records, scenario);
  const state = new TargetState(records);
  const { apigateway, sqs } = blocks.services;
  const byHand = { apigateway, sqs, tables: tables.service, lambda: { ...functions.byHand, ...mappings } };
  return {
    ...{ blocks, state, functions: functions.records, tables: tables.service },
    lambda: {
      ...{ ...functions.service, ...mappings },
      ...lambdaTags([...functions.records.values()], [...eventSources.values()]),
    },
    person: new Person(records, state, byHand),
    serving(injectionsOf) {
      const record = frontOf(records, scenario);
      const variables = () => functions.inEffect.get(record.name)!;
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
