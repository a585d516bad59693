import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { StateMachineDefinition } from "aws-local-stepfunctions";
import type { Assembly } from "./cfn/assembly.ts";
import { ACCOUNT, arn, REGION } from "./cfn/attributes.ts";
import { type Graph, type Resource, readGraph } from "./cfn/graph.ts";
import { TemplateError } from "./cfn/intrinsics.ts";
import { type Bus, createBus, type Delivery, type Undelivered } from "./events/bus.ts";
import type { Answer, Launch } from "./hosts/execution-environment.ts";
import { FunctionHost } from "./hosts/function-host.ts";
import { startGateway } from "./hosts/gateway.ts";
import { type ApiServer, startApi } from "./hosts/http-api.ts";
import { type Execution, type ExecutionEvent, startExecution } from "./hosts/state-machine.ts";
import { startTask } from "./hosts/task-process.ts";
import { type Asked, createIdentities, type Identities } from "./iam/identities.ts";
import { readAlarm } from "./services/alarms.ts";
import { type AlarmChange, createCloudWatch } from "./services/cloudwatch.ts";
import { createTables } from "./services/dynamodb.ts";
import { type Container, createEcs } from "./services/ecs.ts";
import { createLambda, type FunctionRecord } from "./services/lambda.ts";
import { Metrics } from "./services/metrics.ts";
import type { Interference } from "./services/operation.ts";
import { Buckets, createS3 } from "./services/s3.ts";
import { createSfn } from "./services/sfn.ts";
import { createSns, type Published } from "./services/sns.ts";
import { createSsm } from "./services/ssm.ts";
import { type StepCaller, stepCaller } from "./step-caller.ts";

export interface RegionOptions {
  readonly assembly: Assembly;
  /** Path of the k6 that load tasks run. */
  readonly k6Path: string;
  /** Alarm periods are shortened to this many seconds. Default: as in the templates. */
  readonly alarmPeriodSeconds?: number;
  /** How long an update of a function takes at least, milliseconds. Default 1000. */
  readonly updateMs?: number;
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
  readonly apis: readonly ApiServer[];
  readonly buckets: Buckets;
  readonly published: readonly Published[];
  readonly executions: ReadonlyMap<string, Execution>;
  readonly undelivered: readonly Undelivered[];
  /** Every question to IAM and its answer. */
  readonly asked: readonly Asked[];
  /** Starts an execution; the same name again is the same execution. */
  start(machineArn: string, name: string, input: unknown): Execution;
  /** Waits until no execution runs and no step is at work. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

/** Brings the templates to life. Throws {@link TemplateError} for what CloudFormation or a service would refuse. */
export async function startRegion(options: RegionOptions): Promise<Region> {
  const { assembly, onOutput = () => {} } = options;
  const salt = String(Date.now());
  // Addresses of APIs are part of what templates resolve to, so their servers come first.
  const draft = readGraph(assembly, salt);
  const apis = await Promise.all(draft.ofType("AWS::ApiGatewayV2::Api").map((api) => startApi(api.name)));
  const graph = readGraph(assembly, salt);
  const cleanUps: (() => Promise<void> | void)[] = apis.map((api) => () => api.stop());
  try {
    return await host(graph, apis, cleanUps, { ...options, onOutput });
  } catch (error) {
    await Promise.all(cleanUps.map((cleanUp) => cleanUp()));
    throw error;
  }
}

async function host(
  graph: Graph,
  apis: readonly ApiServer[],
  cleanUps: (() => Promise<void> | void)[],
  options: RegionOptions & Required<Pick<RegionOptions, "onOutput">>,
): Promise<Region> {
  const { assembly, onOutput } = options;
  const identities = createIdentities(graph);
  const metrics = new Metrics(Date.now);
  const buckets = new Buckets(graph.ofType("AWS::S3::Bucket").map((bucket) => bucket.name));
  const tables = await createTables(graph.ofType("AWS::DynamoDB::Table"));
  const gateway = await startGateway({ identities, buckets, tablesPort: tables.port });
  cleanUps.push(
    () => gateway.stop(),
    () => tables.stop(),
  );

  const published: Published[] = [];
  const executions = new Map<string, Execution>();
  const hosts = new Map<string, FunctionHost>();
  const launchOf = (record: FunctionRecord): Launch => ({
    ...codeOf(graph, assembly, record),
    variables: {
      ...record.variables,
      ...sdkVariables(identities, record.roleArn, gateway.url),
      AWS_LAMBDA_FUNCTION_NAME: record.name,
    },
    timeoutMs: record.timeoutSeconds * 1000,
    onOutput: (line) => onOutput(record.name, line),
  });
  const lambda = createLambda({
    resources: graph.ofType("AWS::Lambda::Function"),
    takeEffect: async (record) => hosts.get(record.arn)?.replace(launchOf(record)),
    updateMs: options.updateMs ?? 1000,
  });
  for (const record of targetFunctions(graph, lambda.functions)) {
    const functionHost = new FunctionHost(launchOf(record));
    hosts.set(record.arn, functionHost);
    cleanUps.push(() => functionHost.stop());
  }
  await Promise.all([...hosts.values()].map((functionHost) => functionHost.warmUp()));

  const ecs = createEcs(graph, (container) =>
    startTask(
      scriptOf(assembly, container),
      {
        ...container.variables,
        ...sdkVariables(identities, container.taskRoleArn, gateway.url),
        PATH: process.env.PATH ?? "",
        K6_PATH: options.k6Path,
      },
      (line) => onOutput(container.name, line),
    ),
  );
  cleanUps.push(() => ecs.stop());

  const bus: Bus = createBus(graph, async (delivery) => deliver(delivery));
  const cloudwatch = createCloudWatch(
    graph.ofType("AWS::CloudWatch::Alarm").map((alarm) => readAlarm(alarm, options.alarmPeriodSeconds)),
    metrics,
    (change) => options.onAlarm?.(change),
  );
  cleanUps.push(() => cloudwatch.stop());

  const caller: StepCaller = await stepCaller({
    graph,
    functions: lambda.functions,
    identities,
    interfere: options.interfere ?? (() => {}),
    alarmPeriodSeconds: options.alarmPeriodSeconds,
    services: {
      cloudwatch: cloudwatch.service,
      documents: tables.service,
      ecs: ecs.service,
      lambda: lambda.service,
      s3: createS3(buckets),
      sfn: createSfn(executions),
      sns: createSns(graph.ofType("AWS::SNS::Topic"), published),
      ssm: createSsm(graph.ofType("AWS::SSM::Parameter")),
    },
  });

  async function invoke(functionArn: string, event: unknown): Promise<Answer> {
    const record = [...lambda.functions.values()].find((candidate) => candidate.arn === functionArn);
    const functionHost = hosts.get(functionArn);
    if (!record || !functionHost) throw new TemplateError(`No function ${functionArn} is hosted.`);
    const began = performance.now();
    const answer = await functionHost.invoke(event);
    const dimensions = { FunctionName: record.name };
    metrics.add("AWS/Lambda", "Invocations", dimensions, 1);
    metrics.add("AWS/Lambda", "Errors", dimensions, "error" in answer ? 1 : 0);
    metrics.add("AWS/Lambda", "Duration", dimensions, performance.now() - began);
    return answer;
  }
  for (const api of apis) api.open(graph, invoke, metrics);

  const definitions = new Map(
    graph
      .ofType("AWS::StepFunctions::StateMachine")
      .map((machine) => [machine.arn ?? "", definitionOf(machine, assembly)]),
  );

  function start(machineArn: string, name: string, input: unknown): Execution {
    const machine = graph.byArn(machineArn);
    const definition = definitions.get(machineArn);
    if (!machine || !definition) throw new TemplateError(`There is no state machine ${machineArn}.`);
    const executionArn = arn("states", `execution:${machine.name}:${name}`);
    const running = executions.get(executionArn);
    if (running) return running;
    const role = identities.of(String(machine.properties.RoleArn));
    const execution = startExecution(definition, {
      machineArn,
      arn: executionArn,
      name,
      input,
      async call(resource, stateInput, state) {
        identities.authorise(role, { action: "lambda:InvokeFunction", resource, context: {} });
        return caller.call(resource, stateInput, state);
      },
      onEvent: (event) => options.onEvent?.(name, event),
    });
    executions.set(executionArn, execution);
    announceStatus(execution, "RUNNING");
    void execution.ended.then(({ status }) => announceStatus(execution, status));
    return execution;
  }

  function announceStatus({ arn: executionArn, machineArn, name }: Execution, status: string): void {
    bus.put({
      source: "aws.states",
      "detail-type": "Step Functions Execution Status Change",
      account: ACCOUNT,
      region: REGION,
      resources: [executionArn],
      detail: { executionArn, stateMachineArn: machineArn, name, status },
    });
  }

  async function deliver({ rule, targetArn, roleArn, input }: Delivery): Promise<void> {
    const machine = graph.byArn(targetArn);
    if (machine?.type !== "AWS::StepFunctions::StateMachine") {
      throw new TemplateError(`Rule ${rule}: targets of its kind (${targetArn}) are not played.`);
    }
    identities.authorise(identities.of(roleArn ?? ""), {
      action: "states:StartExecution",
      resource: targetArn,
      context: {},
    });
    start(targetArn, `event-${executions.size}-${Date.now()}`, input);
  }

  async function quiet(): Promise<void> {
    let known = -1;
    while (known !== executions.size) {
      known = executions.size;
      await Promise.all([...executions.values()].map((execution) => execution.quiet));
      // An ending may have started another execution through a rule.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return {
    graph,
    functions: lambda.functions,
    apis,
    buckets,
    published,
    executions,
    undelivered: bus.undelivered,
    asked: identities.asked,
    start,
    quiet,
    async stop() {
      for (const cleanUp of cleanUps.reverse()) await cleanUp();
    },
  };
}

/** The functions that serve somebody else than the workflow: those run as their own bundles. */
function targetFunctions(graph: Graph, functions: ReadonlyMap<string, FunctionRecord>): FunctionRecord[] {
  const stepArns = new Set(
    graph
      .ofType("AWS::StepFunctions::StateMachine")
      .flatMap(({ properties }) => Object.values((properties.DefinitionSubstitutions ?? {}) as Record<string, string>)),
  );
  return [...functions.values()].filter((record) => !stepArns.has(record.arn));
}

/** Where a function's bundle lies on this machine. */
function codeOf(graph: Graph, assembly: Assembly, record: FunctionRecord): Pick<Launch, "module" | "exportName"> {
  const { properties, path } = graph.byArn(record.arn) as Resource;
  const { S3Key } = properties.Code as { S3Key?: string };
  const folder = assembly.files.get(S3Key ?? "");
  const runtime = String(properties.Runtime);
  if (!folder || !runtime.startsWith("nodejs")) {
    throw new TemplateError(
      `Function ${path} cannot be hosted: expected a bundled asset for Node, found ${runtime} from ${S3Key ?? "inline code"}.`,
    );
  }
  const [file = "index", exportName = "handler"] = String(properties.Handler).split(".");
  const module = ["mjs", "js", "cjs"]
    .map((extension) => join(folder, `${file}.${extension}`))
    .find((name) => existsSync(name));
  if (!module) throw new TemplateError(`Function ${path}: its asset has no ${file}.mjs or ${file}.js.`);
  return { module: pathToFileURL(module).href, exportName };
}

/** The load worker in the image's own build context: what Docker would copy into it. */
function scriptOf(assembly: Assembly, { image }: Container): string {
  const context = assembly.images.get(image.split(":").at(-1) ?? "");
  const script = context && join(context, "dist/loadgen/worker.mjs");
  if (!script || !existsSync(script))
    throw new TemplateError(`The image ${image} has no load worker in its build context.`);
  return script;
}

function definitionOf(machine: Resource, assembly: Assembly): StateMachineDefinition {
  const { DefinitionS3Location, DefinitionString, DefinitionSubstitutions } = machine.properties as {
    DefinitionS3Location?: { Key: string };
    DefinitionString?: string;
    DefinitionSubstitutions?: Record<string, string>;
  };
  const text = DefinitionString ?? readFileSync(assembly.files.get(DefinitionS3Location?.Key ?? "") ?? "", "utf8");
  const replaced = text.replace(/\$\{(\w+)\}/g, (_match, name: string) => {
    const value = DefinitionSubstitutions?.[name];
    if (value === undefined)
      throw new TemplateError(`State machine ${machine.path}: nothing is substituted for \${${name}}.`);
    return value;
  });
  return JSON.parse(replaced) as StateMachineDefinition;
}

/** What the SDK in a hosted function or task reads: who it is, and where the stand-in answers. */
const sdkVariables = (identities: Identities, roleArn: string, url: string): Record<string, string> => ({
  AWS_REGION: REGION,
  AWS_ACCESS_KEY_ID: identities.of(roleArn).accessKeyId,
  AWS_SECRET_ACCESS_KEY: "stand-in",
  AWS_ENDPOINT_URL_DYNAMODB: url,
  AWS_ENDPOINT_URL_S3: url,
});
