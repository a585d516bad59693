import { parse } from "yaml";
import { buildRuntime } from "../functions/runtime/build.ts";
import type { Clients } from "../functions/runtime/clients.ts";
import { readConfiguration } from "../functions/runtime/configuration.ts";
import { drillFolder } from "../functions/runtime/drill-folder.ts";
import type { Runtime } from "../functions/runtime/step.ts";
import type { Graph } from "./cfn/graph.ts";
import { TemplateError } from "./cfn/intrinsics.ts";
import type { Identities } from "./iam/identities.ts";
import type { FunctionRecord } from "./services/lambda.ts";
import { clientOf, type Interference, type Service } from "./services/operation.ts";
import { loadSteps } from "./steps.ts";
import { surroundings } from "./surroundings.ts";

interface Backends {
  graph: Graph;
  functions: ReadonlyMap<string, FunctionRecord>;
  identities: Identities;
  interfere: Interference;
  services: Readonly<Record<keyof Clients, Service>>;
  alarmPeriodSeconds: number | undefined;
}

/** Calls the step behind a function of the workflow. */
export interface StepCaller {
  call(functionArn: string, input: unknown, state: string): Promise<unknown>;
}

/**
 * Every step with what its function has in the template: the role decides what its clients may do, the environment is
 * its configuration. The code is the source itself; the bundles that AWS gets are made of it.
 */
export async function stepCaller(backends: Backends): Promise<StepCaller> {
  const { graph, functions } = backends;
  const steps = await loadSteps();
  const runtimes = new Map<string, Runtime>();

  return {
    async call(functionArn, input, state) {
      const resource = graph.byArn(functionArn);
      const record = [...functions.values()].find((candidate) => candidate.arn === functionArn);
      if (!resource || !record) throw new TemplateError(`State ${state}: no function ${functionArn} in the templates.`);
      // The construct is named after the state: GameDay/InjectFault/Function/Resource.
      const name = resource.path.split("/").at(-3) ?? "";
      const step = steps.get(name);
      if (!step) throw new TemplateError(`State ${state}: no file in functions/steps has the step ${name}.`);
      let runtime = runtimes.get(functionArn);
      if (!runtime) {
        runtime = runtimeOf(name, record, backends);
        runtimes.set(functionArn, runtime);
      }
      // What crosses to a Lambda and back is JSON.
      const output = await step.call(structuredClone(input), runtime);
      return output === undefined ? null : JSON.parse(JSON.stringify(output));
    },
  };
}

function runtimeOf(name: string, record: FunctionRecord, backends: Backends): Runtime {
  const { identities, interfere, services, alarmPeriodSeconds } = backends;
  const caller = { name, identity: identities.of(record.roleArn) };
  const client = (service: Service) => clientOf<never>(service, caller, { identities, interfere });
  const clients: Clients = {
    cloudwatch: client(services.cloudwatch),
    documents: client(services.documents),
    ecs: client(services.ecs),
    lambda: client(services.lambda),
    s3: client(services.s3),
    sfn: client(services.sfn),
    sns: client(services.sns),
    ssm: client(services.ssm),
  };
  return buildRuntime({
    clients,
    configuration: readConfiguration(record.variables),
    clock: { now: () => new Date() },
    drills: drillFolder(new URL("../workflows/drills/", import.meta.url), "yaml", parse),
    log: { measure: () => {} },
    surroundings: surroundings(alarmPeriodSeconds),
  });
}
