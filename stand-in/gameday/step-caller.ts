import { parse } from "yaml";
import { buildRuntime } from "../../functions/runtime/build.ts";
import type { Clients } from "../../functions/runtime/clients.ts";
import { readConfiguration } from "../../functions/runtime/configuration.ts";
import { drillFolder } from "../../functions/runtime/drill-folder.ts";
import type { Runtime } from "../../functions/runtime/step.ts";
import type { FunctionRecord } from "../aws/lambda/operations.ts";
import { clientOf, type Interference, type Invocation } from "../aws/operation.ts";
import type { Service } from "../aws/service.ts";
import type { Identities } from "../iam/identities.ts";
import type { Graph } from "../templates/cfn/graph.ts";
import { TemplateError } from "../templates/cfn/intrinsics.ts";
import { loadSteps, type Steps } from "./steps.ts";
import { provenance } from "./surroundings.ts";

/** What a step is handed, and how it is called. */
export interface StepCallerOptions {
  graph: Graph;
  functions: ReadonlyMap<string, FunctionRecord>;
  identities: Identities;
  interfere: Interference;
  /** DynamoDB has both of its faces: the SDK has a client for items and one for tables. */
  services: Readonly<Record<Exclude<keyof Clients, "documents">, Service>>;
  /** Default: every step of the source. */
  steps?: Steps;
  /** What a step is handed may be changed on its way, to see what would come of a defect. */
  spoil?: (runtime: Runtime, invocation: Invocation) => Runtime;
  alarmPeriodSeconds: number | undefined;
}

/** Calls the step behind a function of the workflow. What crosses to a Lambda and back is JSON text. */
export interface StepCaller {
  call(functionArn: string, payload: string, state: string): Promise<string>;
}

/**
 * Every step with what its function has in the template: the role decides what its clients may do, the environment is
 * its configuration. The code is the source itself; the bundles that AWS gets are made of it.
 */
export async function stepCaller(options: StepCallerOptions): Promise<StepCaller> {
  const { graph, functions } = options;
  const steps = options.steps ?? (await loadSteps());
  const records = new Map([...functions.values()].map((record) => [record.arn, record]));

  return {
    async call(functionArn, payload, state) {
      const resource = graph.byArn(functionArn);
      const record = records.get(functionArn);
      if (!resource || !record) throw new TemplateError(`State ${state}: no function ${functionArn} in the templates.`);
      // The construct is named after the state: GameDay/InjectFault/Function/Resource.
      const name = resource.path.split("/").at(-3) ?? "";
      const step = steps.get(name);
      if (!step) throw new TemplateError(`State ${state}: no file in functions/steps has the step ${name}.`);
      const input: unknown = JSON.parse(payload);
      const invocation: Invocation = { step: name, state, input, over: false };
      const output = await withinTimeout(record.timeoutSeconds, invocation, () =>
        step.call(input, runtimeOf(invocation, record, options)),
      );
      return JSON.stringify(output ?? null);
    },
  };
}

/** What Step Functions is told when a function's time is up (its developer guide, "Error names"). */
class TimedOut extends Error {
  override readonly name = "Sandbox.Timedout";
}

export async function withinTimeout<T>(seconds: number, invocation: Invocation, run: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      invocation.over = true;
      reject(new TimedOut(`Task timed out after ${seconds.toFixed(2)} seconds`));
    }, seconds * 1000);
  });
  try {
    return await Promise.race([run(), timeUp]);
  } finally {
    clearTimeout(timer);
  }
}

function runtimeOf(invocation: Invocation, record: FunctionRecord, options: StepCallerOptions): Runtime {
  const { identities, interfere, services, alarmPeriodSeconds } = options;
  const gate = { identity: identities.of(record.roleArn), identities, interfere };
  const client = (service: keyof StepCallerOptions["services"]) =>
    clientOf<never>(services[service].operations, invocation, { ...gate, service });
  const clients: Clients = {
    apigateway: client("apigateway"),
    cloudformation: client("cloudformation"),
    cloudwatch: client("cloudwatch"),
    devopsguru: client("devopsguru"),
    documents: client("dynamodb"),
    dynamodb: client("dynamodb"),
    ecs: client("ecs"),
    eventbridge: client("eventbridge"),
    fis: client("fis"),
    lambda: client("lambda"),
    s3: client("s3"),
    sfn: client("sfn"),
    sns: client("sns"),
    sqs: client("sqs"),
    ssm: client("ssm"),
  };
  const runtime = buildRuntime({
    clients,
    configuration: readConfiguration(record.variables),
    clock: { now: () => new Date() },
    drills,
    log: { metric: () => {} },
    provenance: provenance(alarmPeriodSeconds),
  });
  return options.spoil?.(runtime, invocation) ?? runtime;
}

const drills = drillFolder(new URL("../../workflows/drills/", import.meta.url), "yaml", parse);
