import type { Identities } from "../iam/identities.ts";
import { keepParts } from "../persistence/parts.ts";
import type { Assembly } from "../templates/cfn/assembly.ts";
import type { Graph, IsThere } from "../templates/cfn/graph.ts";
import type { Types } from "../templates/cfn/naming.ts";
import { apiGatewayTypes, createApiGateway } from "./api-gateway/operations.ts";
import { UsagePlans } from "./api-gateway/usage-plans.ts";
import { ephemeralNames, hasAsset } from "./cloudformation/ephemeral-stacks.ts";
import { createCloudFormation } from "./cloudformation/operations.ts";
import { tellOfAlarm } from "./cloudwatch/alarm-actions.ts";
import { readAlarms } from "./cloudwatch/alarms.ts";
import type { Metrics } from "./cloudwatch/metrics.ts";
import { type AlarmChange, cloudwatchTypes, createCloudWatch } from "./cloudwatch/operations.ts";
import { createDevOpsGuru, devopsGuruTypes } from "./devops-guru/operations.ts";
import { createDynamoDb, dynamodbTypes, TableThroughput } from "./dynamodb/operations.ts";
import { type Container, createEcs, ecsTypes } from "./ecs/operations.ts";
import type { TaskProcess } from "./ecs/task-process.ts";
import { elasticBeanstalkTypes } from "./elastic-beanstalk/front-end.ts";
import { createEventBridge, eventbridgeTypes } from "./eventbridge/operations.ts";
import type { Event } from "./eventbridge/patterns.ts";
import { readRules } from "./eventbridge/rules.ts";
import { FisExtensions } from "./fis/extension.ts";
import { createFis } from "./fis/operations.ts";
import { createAsyncInvocations } from "./lambda/async-events.ts";
import { createEventSources } from "./lambda/event-source-mappings.ts";
import { pollEventSources, readEventSources } from "./lambda/event-sources.ts";
import type { Answer } from "./lambda/execution-environment.ts";
import { createLambda, type FunctionRecord, lambdaTypes } from "./lambda/operations.ts";
import { createLambdaService } from "./lambda/service.ts";
import { createVersioning } from "./lambda/versions.ts";
import { namedOnlyTypes } from "./named-only.ts";
import type { Operations } from "./operation.ts";
import { type Buckets, createS3, s3Types } from "./s3/operations.ts";
import { schedulerTypes } from "./scheduler/schedules.ts";
import { createSecrets, secretsManagerTypes } from "./secrets-manager/operations.ts";
import type { Service } from "./service.ts";
import { createSns, type Published, snsTypes } from "./sns/operations.ts";
import { createSqs, sqsTypes } from "./sqs/operations.ts";
import { Queues } from "./sqs/queues.ts";
import { createSsm, ssmTypes } from "./ssm/operations.ts";
import { createSfn, stepFunctionsTypes } from "./step-functions/operations.ts";
import type { Execution } from "./step-functions/state-machine.ts";

/** Every type of resource that the stand-in knows. */
export const TYPES: Types = {
  ...apiGatewayTypes,
  ...cloudwatchTypes,
  ...devopsGuruTypes,
  ...dynamodbTypes,
  ...ecsTypes,
  ...elasticBeanstalkTypes,
  ...eventbridgeTypes,
  ...lambdaTypes,
  ...s3Types,
  ...schedulerTypes,
  ...secretsManagerTypes,
  ...snsTypes,
  ...sqsTypes,
  ...ssmTypes,
  ...stepFunctionsTypes,
  ...namedOnlyTypes,
};

/** Everything by which a rehearsal, the simulation and a test differ. */
export interface Hosting {
  readonly graph: Graph;
  readonly assembly: Assembly;
  /** Physical names and secrets are made with it. */
  readonly salt: string;
  readonly identities: Identities;
  readonly metrics: Metrics;
  readonly buckets: Buckets;
  /** The operations on what is in tables. */
  readonly items: Operations;
  readonly executions: ReadonlyMap<string, Execution>;
  readonly pace: {
    /** How long an update of a function, a mapping or a table takes at least. */
    readonly updateMs: number;
    readonly experimentMs: number;
    /** How often FIS' extensions look for instructions. Default: as the FIS user guide says. */
    readonly extensionPollMs?: number;
    /** Replaces the period of every alarm. Default: as in the templates. */
    readonly alarmPeriodSeconds?: number | undefined;
  };
  /** Where what AWS would keep outlives the process. Default: nowhere. */
  readonly kept?: {
    readonly parts: string;
    readonly experiments: NonNullable<Parameters<typeof createFis>[0]["kept"]>;
    readonly stacks: NonNullable<Parameters<typeof createCloudFormation>[0]["kept"]>;
  };
  /** Puts a function's new configuration into effect. Throws when it comes to nothing. */
  takeEffect(record: FunctionRecord): Promise<void>;
  invoke(functionArn: string, event: unknown): Promise<Answer>;
  startTask(container: Container): TaskProcess;
  /** Puts an event on a bus. */
  put(event: Event, busName?: string): void;
  /** Puts an alarm's event. Default: on the account's own bus. */
  putAlarm?(event: Event): void;
  onAlarm?(change: AlarmChange): void;
  fateOf: Parameters<typeof createCloudFormation>[0]["fateOf"];
  onStack?: NonNullable<Parameters<typeof createCloudFormation>[0]["onChange"]>;
}

const SNS = "sns.amazonaws.com";

/** The services of a region, as its templates deploy them. To add one: its folder, its types above, a line below. */
export function createServices(hosting: Hosting) {
  const { graph, assembly, salt, identities, metrics, buckets, pace, kept, invoke, put } = hosting;
  const { updateMs } = pace;
  const stacks = createCloudFormation({
    ephemeral: ephemeralNames(graph),
    hasTemplate: (url) => hasAsset(assembly, url),
    fateOf: hosting.fateOf,
    ...(kept ? { kept: kept.stacks } : {}),
    ...(hosting.onStack ? { onChange: hosting.onStack } : {}),
  });
  const isThere: IsThere = ({ stack }) => stacks.stands(stack);

  const rules = readRules(graph);
  const queues = new Queues(graph, metrics);
  const plans = new UsagePlans(graph);
  const throughput = new TableThroughput({ resources: graph.ofType("AWS::DynamoDB::Table"), updateMs });
  const functions = createLambda({
    resources: graph.ofType("AWS::Lambda::Function"),
    takeEffect: (record) => hosting.takeEffect(record),
    updateMs,
    isThere,
  });
  const records = functions.functions;
  // What is published is as deployed, whatever functions are by now.
  const versioning = createVersioning(graph, functions);
  const eventSources = readEventSources({ graph, identities, queues, records });
  const mappings = createEventSources(eventSources, updateMs);
  const poll = () => pollEventSources({ eventSources, queues, records, invoke });
  const changeable = {
    apigateway: createApiGateway(plans.records),
    dynamodb: createDynamoDb(throughput, hosting.items),
    eventbridge: createEventBridge({ graph, rules, put }),
    lambda: createLambdaService({ functions, versioning, mappings, eventSources, poll }),
    sqs: createSqs(queues),
  };
  const parts = Object.values<Service>(changeable).flatMap((service) => service.parts ?? []);
  const keptParts = keepParts(parts, kept?.parts);

  const published: Published[] = [];
  const sns = createSns(graph, published, (queueArn, topicArn, body) => {
    const queue = queues.records.get(queueArn);
    if (queue) queues.sendByService(queue, SNS, topicArn, body);
  });
  const onAlarm = (change: AlarmChange) => {
    fis.onAlarm(change.alarm.arn, change.to);
    tellOfAlarm(change, { sns, put: hosting.putAlarm ?? put });
    hosting.onAlarm?.(change);
  };
  const cloudwatch = createCloudWatch(readAlarms(graph, pace.alarmPeriodSeconds), metrics, onAlarm, (alarm) =>
    isThere(graph.byArn(alarm.arn)!),
  );
  const fis = createFis({
    identities,
    buckets,
    functions: records,
    paceMs: pace.experimentMs,
    alarmState: (alarmArn) => cloudwatch.stateOf(alarmArn),
    ...(kept ? { kept: kept.experiments } : {}),
  });
  const services = {
    ...changeable,
    cloudformation: stacks,
    devopsguru: createDevOpsGuru({ graph, metrics, now: Date.now }),
    ecs: createEcs(graph, (container) => hosting.startTask(container)),
    fis,
    s3: createS3(buckets),
    secretsmanager: createSecrets(graph, salt),
    sfn: createSfn(hosting.executions),
    sns,
    ssm: createSsm(graph.ofType("AWS::SSM::Parameter"), isThere),
    // The last to open: alarms look at what all others tell.
    cloudwatch,
  };
  return {
    /** Each with its changes kept. */
    services: mapValues(services, (service): Service => {
      return { ...service, operations: keptParts.around(service.operations) };
    }),
    parts,
    changed: () => keptParts.changed(),
    isThere,
    rules,
    queues,
    plans,
    throughput,
    functions: records,
    versioning,
    eventSources,
    published,
    cloudwatch,
    fis,
    stacks,
    extensions: new FisExtensions({
      identities,
      buckets,
      metrics,
      ...(pace.extensionPollMs === undefined ? {} : { pollMs: pace.extensionPollMs }),
    }),
    invocations: createAsyncInvocations({ graph, identities, metrics, queues, invoke }),
  };
}

export type Services = ReturnType<typeof createServices>;

const mapValues = <Key extends string, From, To>(record: Record<Key, From>, change: (value: From) => To) =>
  Object.fromEntries(Object.entries<From>(record).map(([key, value]) => [key, change(value)])) as Record<Key, To>;
