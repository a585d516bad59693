import type { Leases } from "../functions/lease/lease.ts";
import type { ApiAddress } from "./aws/api-gateway/api-server.ts";
import { startApis } from "./aws/api-gateway/apis.ts";
import type { AlarmChange } from "./aws/cloudwatch/operations.ts";
import { createTables } from "./aws/dynamodb/dynalite.ts";
import { startTask } from "./aws/ecs/task-process.ts";
import { reserveFrontEnds } from "./aws/elastic-beanstalk/front-end.ts";
import { Functions } from "./aws/lambda/functions.ts";
import type { Interference } from "./aws/operation.ts";
import { Buckets } from "./aws/s3/operations.ts";
import type { Execution, ExecutionEvent } from "./aws/step-functions/state-machine.ts";
import { systemOf } from "./gameday/system.ts";
import { reserveGateway } from "./gateway/gateway.ts";
import { sdkVariables } from "./gateway/sdk-variables.ts";
import { WrittenExecutions, writeEvent } from "./persistence/executions.ts";
import { keptExperiments } from "./persistence/experiments.ts";
import type { RegionFolder } from "./persistence/region-folder.ts";
import { keptStacks } from "./persistence/stacks.ts";
import { namesOf, readGraph } from "./read-graph.ts";
import { createRegion, type Region } from "./region.ts";
import { scriptOf } from "./templates/assets.ts";
import type { Assembly } from "./templates/cfn/assembly.ts";
import type { Graph } from "./templates/cfn/graph.ts";

export interface HostedRegionOptions {
  readonly assembly: Assembly;
  /** Path of the k6 that load tasks run. */
  readonly k6Path: string;
  /** Alarm periods are shortened to this many seconds. Default: as in the templates. */
  readonly alarmPeriodSeconds?: number;
  /** How long an update of a function takes at least, milliseconds. Default 1000. */
  readonly updateMs?: number;
  /** Physical names are made with it. Default: another one each time. */
  readonly salt?: string;
  /** Keeps what AWS would keep, and has what it kept from before. Default: everything ends with this process. */
  readonly saved?: RegionFolder;
  /** Schedules and rules of the templates start game days here too. Default: no, a rehearsal is one game day. */
  readonly startsItself?: boolean;
  /** Makes calls of the steps fail, to see what gameday does then. */
  readonly interfere?: Interference;
  /** Lines that functions and load tasks write. */
  readonly onOutput?: (source: string, line: string) => void;
  readonly onAlarm?: (change: AlarmChange) => void;
  readonly onEvent?: (execution: string, event: ExecutionEvent) => void;
}

/** A region that hosts what the templates describe, in this process and on loopback. */
export interface HostedRegion extends Omit<Region, "leases" | "identities" | "open"> {
  readonly apis: readonly ApiAddress[];
  readonly buckets: Buckets;
  /** Who holds which target; absent when the templates do not say where that is written. */
  readonly leases: Leases | undefined;
}

/** An experiment of FIS takes seconds from one state to the next, its extension up to a minute to hear of it. */
const EXPERIMENT_PACE_MS = 300;
const EXTENSION_POLL_MS = 1000;
/** CloudFormation takes minutes. */
const STACK_PACE_MS = 2000;
const UPDATE_MS = 1000;

type CleanUps = (() => Promise<void> | void)[];

/** Brings the templates to life. Throws {@link TemplateError} for what CloudFormation or a service would refuse. */
export async function startRegion(options: HostedRegionOptions): Promise<HostedRegion> {
  const cleanUps: CleanUps = [];
  try {
    return await host(options, cleanUps);
  } catch (error) {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
    throw error;
  }
}

/** Everything that listens does so first: addresses are part of what templates resolve to. */
async function reserveAddresses(assembly: Assembly, salt: string, cleanUps: CleanUps) {
  const idsOf = (type: string) => namesOf(assembly, salt, type);
  const apis = await startApis(idsOf);
  cleanUps.push(() => apis.stop());
  const frontEnds = await reserveFrontEnds(idsOf);
  cleanUps.push(() => frontEnds.stop());
  const gateway = await reserveGateway();
  cleanUps.push(() => gateway.stop());
  const resolved = readGraph(assembly, salt, new Map([...apis.endpoints, ...frontEnds.endpoints]));
  const notHosted = await frontEnds.notHosted(resolved, assembly);
  const graph: Graph = { ...resolved, skipped: [...resolved.skipped, ...notHosted] };
  return { graph, apis, frontEnds, gateway };
}

async function host(options: HostedRegionOptions, cleanUps: CleanUps): Promise<HostedRegion> {
  const { assembly, saved, onOutput = () => {}, onAlarm, onEvent, interfere, alarmPeriodSeconds } = options;
  const salt = saved?.description.salt ?? options.salt ?? String(Date.now());
  const { graph, apis, frontEnds, gateway } = await reserveAddresses(assembly, salt, cleanUps);
  const system = systemOf(graph);
  if (saved && system) saved.write({ leaseTable: system.leaseTable });
  const bucketNames = graph.ofType("AWS::S3::Bucket").map(({ name }) => name);
  const buckets = new Buckets(bucketNames, saved?.buckets);
  const tables = await createTables(graph.ofType("AWS::DynamoDB::Table"), saved?.tables);
  cleanUps.push(() => tables.stop());

  const variablesOf = (roleArn: string) => sdkVariables(region.identities, roleArn, gateway.url, region.aws.services);
  const region = await createRegion({
    graph,
    assembly,
    salt,
    buckets,
    items: tables.operations,
    executions: saved ? new WrittenExecutions(saved) : new Map<string, Execution>(),
    pace: {
      updateMs: options.updateMs ?? UPDATE_MS,
      experimentMs: EXPERIMENT_PACE_MS,
      extensionPollMs: EXTENSION_POLL_MS,
      alarmPeriodSeconds,
    },
    ...(saved && {
      kept: {
        parts: saved.parts,
        experiments: keptExperiments(saved.experiments),
        stacks: keptStacks(saved.stacks),
      },
    }),
    startsItself: options.startsItself ?? false,
    takeEffect: (record) => functions.takeEffect(record),
    invoke: (functionArn, event) => functions.invoke(functionArn, event),
    fateOf: () => ({ afterMs: STACK_PACE_MS }),
    startTask(container) {
      const variables = {
        ...container.variables,
        ...variablesOf(container.taskRoleArn),
        PATH: process.env.PATH ?? "",
        K6_PATH: options.k6Path,
      };
      const task = startTask(scriptOf(assembly, container), variables, (line) => onOutput(container.name, line));
      if (task.pid !== undefined) saved?.writeTask(task.pid);
      return task;
    },
    onNote: (sentence) => onOutput("starts", sentence),
    onEvent(execution, event) {
      if (saved) writeEvent(saved, execution, event);
      onEvent?.(execution, event);
    },
    ...(interfere ? { interfere } : {}),
    ...(onAlarm ? { onAlarm } : {}),
  });
  const { metrics, aws, identities } = region;
  const functions = new Functions({
    graph,
    assembly,
    metrics,
    sdkVariables: variablesOf,
    onOutput,
    injectionsOf: (record) => aws.extensions.injectionsOf(record),
    serving: (invokedArn) => aws.versioning.serving(invokedArn),
    onInjected: (record) => aws.extensions.report(record, record.variables),
  });
  cleanUps.push(
    () => functions.stop(),
    // Load tasks write their last blocks: what they call ends after them.
    () => region.stop(),
  );
  gateway.open({
    identities,
    buckets,
    tablesPort: tables.port,
    services: aws.services,
    admit: (action, input) => aws.throughput.admit(action, input),
  });
  await functions.start(aws.functions.values(), aws.versioning.versions.values());
  apis.open({
    graph,
    invoke: (functionArn, event) => functions.invoke(functionArn, event),
    metrics,
    plans: aws.plans,
    isThere: aws.isThere,
  });
  await frontEnds.open({ graph, onOutput, onProcess: (pid) => saved?.writeTask(pid) });
  region.open();

  return {
    ...region,
    apis: apis.addresses,
    buckets,
    leases: region.leases(tables.documents),
    start(machineArn, name, input) {
      const execution = region.start(machineArn, name, input);
      saved?.writeInput(execution.arn, input);
      return execution;
    },
    async stop() {
      for (const cleanUp of cleanUps.reverse()) await cleanUp();
    },
  };
}
