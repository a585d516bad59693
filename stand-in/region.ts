import { join } from "node:path";
import { createLeases, type Leases } from "../functions/lease/lease.ts";
import type { ApiAddress, Invoke } from "./aws/api-gateway/api-server.ts";
import { type Apis, startApis } from "./aws/api-gateway/apis.ts";
import { ephemeralNames, hasAsset } from "./aws/cloudformation/ephemeral-stacks.ts";
import { createCloudFormation } from "./aws/cloudformation/operations.ts";
import { tellOfAlarm } from "./aws/cloudwatch/alarm-actions.ts";
import { readAlarms } from "./aws/cloudwatch/alarms.ts";
import { Metrics } from "./aws/cloudwatch/metrics.ts";
import { type AlarmChange, createCloudWatch } from "./aws/cloudwatch/operations.ts";
import { createDevOpsGuru } from "./aws/devops-guru/operations.ts";
import { createTables } from "./aws/dynamodb/dynalite.ts";
import { createEcs } from "./aws/ecs/operations.ts";
import { startTask } from "./aws/ecs/task-process.ts";
import { type FrontEnds, reserveFrontEnds } from "./aws/elastic-beanstalk/front-end.ts";
import type { Undelivered } from "./aws/eventbridge/bus.ts";
import type { Event } from "./aws/eventbridge/patterns.ts";
import { FisExtensions } from "./aws/fis/extension.ts";
import { createFis } from "./aws/fis/operations.ts";
import { Functions } from "./aws/lambda/functions.ts";
import { createLambda, type FunctionRecord } from "./aws/lambda/operations.ts";
import { createReleases } from "./aws/lambda/versions.ts";
import type { Interference } from "./aws/operation.ts";
import { Buckets, createS3 } from "./aws/s3/operations.ts";
import { createSns, type Published } from "./aws/sns/operations.ts";
import { Executions } from "./aws/step-functions/executions.ts";
import { createSfn } from "./aws/step-functions/operations.ts";
import type { Execution, ExecutionEvent } from "./aws/step-functions/state-machine.ts";
import { type BuildingBlocks, createBuildingBlocks } from "./building-blocks.ts";
import { stepCaller } from "./gameday/step-caller.ts";
import { systemOf } from "./gameday/system.ts";
import { startGateway } from "./gateway/gateway.ts";
import { sdkVariables } from "./gateway/sdk-variables.ts";
import { type Asked, createIdentities } from "./iam/identities.ts";
import { createMessaging, type Messaging, recordsOf } from "./messaging.ts";
import { keepBlocks } from "./persistence/blocks.ts";
import { WrittenExecutions, writeEvent } from "./persistence/executions.ts";
import { keptExperiments } from "./persistence/experiments.ts";
import { keepFunctions } from "./persistence/functions.ts";
import type { SavedRegion } from "./persistence/region-folder.ts";
import { keptStacks } from "./persistence/stacks.ts";
import { namesOf, readGraph } from "./read-graph.ts";
import { scriptOf } from "./templates/assets.ts";
import type { Assembly } from "./templates/cfn/assembly.ts";
import type { Graph, IsThere } from "./templates/cfn/graph.ts";

export interface RegionOptions {
  readonly assembly: Assembly;
  /** Path of the k6 that load tasks run. */
  readonly k6Path: string;
  /** Alarm periods are shortened to this many seconds. Default: as in the templates. */
  readonly alarmPeriodSeconds?: number;
  /** How long an update of a function takes at least, milliseconds. Default 1000. */
  readonly updateMs?: number;
  /** Keeps what AWS would keep, and has what it kept from before. Default: everything ends with this process. */
  readonly saved?: SavedRegion;
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
export interface Region {
  readonly graph: Graph;
  readonly functions: ReadonlyMap<string, FunctionRecord>;
  readonly apis: readonly ApiAddress[];
  readonly metrics: Metrics;
  /** Rules, queues and usage plans as they are right now. */
  readonly blocks: Pick<BuildingBlocks, "rules" | "queues" | "plans">;
  /** Event source mappings as they are right now, and events that were lost on their way. */
  readonly messaging: Pick<Messaging, "eventSources" | "lost">;
  readonly buckets: Buckets;
  readonly published: readonly Published[];
  readonly executions: ReadonlyMap<string, Execution>;
  readonly undelivered: readonly Undelivered[];
  /** Every question to IAM and its answer. */
  readonly asked: readonly Asked[];
  /** Who holds which target; absent when the templates do not say where that is written. */
  readonly leases: Leases | undefined;
  /**
   * Functions, aliases, rules, queues, event source mappings and usage plans that are not as their stack deployed them, and experiments
   * and stacks that are left: seen by the stand-in, whatever a report says.
   */
  changed(): string[];
  /** Starts an execution; the same name again is the same execution. */
  start(machineArn: string, name: string, input: unknown): Execution;
  /** Puts an event on a bus, as the service or application that it names would. Default: the account's own bus. */
  put(event: Event, busName?: string): void;
  /** The end of an execution that is not here any more, as Step Functions reports it. */
  announceEnded(execution: Pick<Execution, "arn" | "machineArn" | "name">, status: string): void;
  /** Waits until no execution runs and no step is at work. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

const SNS = "sns.amazonaws.com";
/** An experiment of FIS takes seconds from one state to the next, its extension up to a minute to hear of it. */
const EXPERIMENT_PACE_MS = 300;
const EXTENSION_POLL_MS = 1000;
/** CloudFormation takes minutes. */
const STACK_PACE_MS = 2000;

/** Brings the templates to life. Throws {@link TemplateError} for what CloudFormation or a service would refuse. */
export async function startRegion(options: RegionOptions): Promise<Region> {
  const { assembly, saved, onOutput = () => {} } = options;
  const salt = saved?.description.salt ?? String(Date.now());
  // Addresses of APIs and front ends are part of what templates resolve to, so they come first.
  const idsOf = (type: string) => namesOf(assembly, salt, type);
  const apis = await startApis(idsOf);
  const cleanUps: (() => Promise<void> | void)[] = [() => apis.stop()];
  try {
    const frontEnds = await reserveFrontEnds(idsOf);
    cleanUps.push(() => frontEnds.stop());
    const resolved = readGraph(assembly, salt, new Map([...apis.endpoints, ...frontEnds.endpoints]));
    const notHosted = await frontEnds.notHosted(resolved, assembly);
    const graph = { ...resolved, skipped: [...resolved.skipped, ...notHosted] };
    return await host(graph, { apis, frontEnds }, cleanUps, { ...options, salt, onOutput });
  } catch (error) {
    await Promise.all(cleanUps.map((cleanUp) => cleanUp()));
    throw error;
  }
}

async function host(
  graph: Graph,
  { apis, frontEnds }: { readonly apis: Apis; readonly frontEnds: FrontEnds },
  cleanUps: (() => Promise<void> | void)[],
  options: RegionOptions & Required<Pick<RegionOptions, "onOutput">> & { readonly salt: string },
): Promise<Region> {
  const { assembly, saved, salt, onOutput, updateMs = 1000 } = options;
  const system = systemOf(graph);
  if (saved && system) saved.write({ leaseTable: system.leaseTable });
  const identities = createIdentities(graph);
  const metrics = new Metrics(Date.now);
  const bucketNames = graph.ofType("AWS::S3::Bucket").map((bucket) => bucket.name);
  const buckets = new Buckets(bucketNames, saved?.buckets);
  const tables = await createTables(graph.ofType("AWS::DynamoDB::Table"), saved?.tables, updateMs);
  // Events come later than what delivers them.
  const put = (event: Event, busName?: string) => machines.bus.put(event, busName);
  const stacks = createCloudFormation({
    ephemeral: ephemeralNames(graph),
    hasTemplate: (url) => hasAsset(assembly, url),
    fateOf: () => ({ afterMs: STACK_PACE_MS }),
    ...(saved ? { kept: keptStacks(saved.stacks) } : {}),
  });
  cleanUps.push(() => stacks.stop());
  const isThere: IsThere = ({ stack }) => stacks.stands(stack);
  const blocks = createBuildingBlocks({ graph, metrics, salt, put, isThere });
  const gateway = await startGateway({
    ...{ identities, buckets, tablesPort: tables.port },
    services: blocks.overHttp,
    admit: (action, input) => tables.throughput.admit(action, input),
    lambda: () => kept.service,
  });
  cleanUps.push(
    () => blocks.queues.stop(),
    () => gateway.stop(),
    () => tables.stop(),
  );

  const published: Published[] = [];
  const variablesOf = (roleArn: string) => sdkVariables(identities, roleArn, gateway.url);
  const extensions = new FisExtensions({ identities, buckets, metrics, pollMs: EXTENSION_POLL_MS });
  const functions = new Functions({
    ...{ graph, assembly, metrics, sdkVariables: variablesOf, onOutput },
    injectionsOf: (record) => extensions.injectionsOf(record),
    serving: (invokedArn) => releases.serving(invokedArn),
    onInjected: (record) => extensions.report(record, record.variables),
  });
  cleanUps.push(() => functions.stop());
  const lambda = createLambda({
    resources: graph.ofType("AWS::Lambda::Function"),
    takeEffect: (record) => functions.takeEffect(record),
    updateMs,
    isThere,
  });
  // What is published is as deployed, whatever functions are by now.
  const releases = createReleases(graph, lambda);
  const kept = keepFunctions(lambda, saved?.functions);
  await functions.start(lambda.functions.values(), releases.versions.values());
  const messaging = createMessaging({
    ...{ graph, identities, metrics, functions, updateMs },
    queues: blocks.queues,
    records: lambda.functions,
  });
  cleanUps.push(() => messaging.stop());
  const keptBlocks = keepBlocks(
    { ...recordsOf(blocks, messaging), tables: tables.throughput.records.values(), aliases: releases.aliases.values() },
    saved && join(saved.folder, "blocks.json"),
  );

  const ecs = createEcs(graph, (container) => {
    const variables = {
      ...container.variables,
      ...variablesOf(container.taskRoleArn),
      PATH: process.env.PATH ?? "",
      K6_PATH: options.k6Path,
    };
    const task = startTask(scriptOf(assembly, container), variables, (line) => onOutput(container.name, line));
    if (task.pid !== undefined) saved?.writeTask(task.pid);
    return task;
  });
  cleanUps.push(() => ecs.stop());

  const sns = createSns(graph, published, (queueArn, topicArn, body) => {
    const queue = blocks.queues.records.get(queueArn);
    if (queue) blocks.queues.sendByService(queue, SNS, topicArn, body);
  });
  const onAlarm = (change: AlarmChange) => {
    fis.onAlarm(change.alarm.arn, change.to);
    tellOfAlarm(change, { sns, put });
    options.onAlarm?.(change);
  };
  const alarmIsThere = (alarm: { readonly arn: string }) => isThere(graph.byArn(alarm.arn)!);
  const alarms = readAlarms(graph, options.alarmPeriodSeconds);
  const cloudwatch = createCloudWatch(alarms, metrics, onAlarm, alarmIsThere);
  const fis = createFis({
    ...{ identities, buckets, functions: lambda.functions, paceMs: EXPERIMENT_PACE_MS },
    alarmState: (alarmArn) => cloudwatch.stateOf(alarmArn),
    ...(saved ? { kept: keptExperiments(saved.experiments) } : {}),
  });
  cleanUps.push(
    () => cloudwatch.stop(),
    () => fis.stop(),
  );

  const executions = saved ? new WrittenExecutions(saved) : new Map<string, Execution>();
  const services = {
    ssm: blocks.services.ssm,
    apigateway: keptBlocks.around(blocks.services.apigateway),
    eventbridge: keptBlocks.around(blocks.services.eventbridge),
    sqs: keptBlocks.around(blocks.services.sqs),
    cloudformation: stacks.service,
    cloudwatch: cloudwatch.service,
    devopsguru: createDevOpsGuru({ graph, metrics, now: Date.now }),
    documents: keptBlocks.around(tables.service),
    ecs: ecs.service,
    fis: fis.service,
    lambda: { ...kept.service, ...keptBlocks.around({ ...messaging.lambda, ...releases.service }) },
    s3: createS3(buckets),
    sfn: createSfn(executions),
    sns: sns.service,
  };
  const caller = await stepCaller({
    graph,
    functions: lambda.functions,
    identities,
    interfere: options.interfere ?? ((_, make) => make()),
    alarmPeriodSeconds: options.alarmPeriodSeconds,
    services,
  });

  const machines = new Executions({
    graph,
    assembly,
    identities,
    executions,
    caller,
    rules: blocks.rules,
    messaging,
    ...(options.interfere ? { interfere: options.interfere } : {}),
    startsItself: options.startsItself ?? false,
    onNote: (sentence) => onOutput("starts", sentence),
    onEvent: (execution, event) => {
      if (saved) writeEvent(saved, execution, event);
      options.onEvent?.(execution, event);
    },
  });
  cleanUps.push(() => machines.stop());
  const invoke: Invoke = (functionArn, event) => functions.invoke(functionArn, event);
  apis.open({ graph, invoke, metrics, plans: blocks.plans, isThere });
  await frontEnds.open({ graph, onOutput, onProcess: (pid) => saved?.writeTask(pid) });
  messaging.open();
  cloudwatch.open();

  return {
    graph,
    functions: lambda.functions,
    apis: apis.addresses,
    metrics,
    blocks,
    messaging,
    buckets,
    published,
    executions,
    undelivered: machines.bus.undelivered,
    asked: identities.asked,
    leases: system && createLeases(tables.documents, system.leaseTable, { now: () => new Date() }),
    changed() {
      // What has gone with its stack is not changed: it is not there.
      const gone = new Set(graph.resources.filter((one) => !isThere(one)).flatMap(({ name, path }) => [name, path]));
      const changed = [...kept.changed(), ...keptBlocks.changed()].filter((what) => !gone.has(what));
      return [...changed, ...fis.left(), ...stacks.left()];
    },
    start(machineArn, name, input) {
      const execution = machines.start(machineArn, name, input);
      saved?.writeInput(execution.arn, input);
      return execution;
    },
    put,
    announceEnded: (execution, status) => machines.announceEnded(execution, status),
    quiet: () => machines.quiet(),
    async stop() {
      for (const cleanUp of cleanUps.reverse()) await cleanUp();
    },
  };
}
