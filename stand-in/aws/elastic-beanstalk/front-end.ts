import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { close, listen } from "../../gateway/gateway.ts";
import type { Assembly } from "../../templates/cfn/assembly.ts";
import type { Graph, Resource } from "../../templates/cfn/graph.ts";
import { TemplateError } from "../../templates/cfn/intrinsics.ts";
import { byName, endpointOf, onlyId, type Types } from "../../templates/cfn/naming.ts";
import { startTask, type TaskProcess } from "../ecs/task-process.ts";

const ENVIRONMENT = "AWS::ElasticBeanstalk::Environment";
const VARIABLES = "aws:elasticbeanstalk:application:environment";
/** How long a front end may take until it answers, and until it has ended. */
const ANSWERS_WITHIN_MS = 15_000;
const ENDS_WITHIN_MS = 2000;
const LOOK_MS = 25;
/** Ends the process when the pipe to us closes, whatever has ended us. The front end itself knows nothing of rehearsals. */
const ENDS_WITH_US = `data:text/javascript,${encodeURIComponent('process.stdin.resume().once("close",()=>process.exit())')}`;

interface Surroundings {
  readonly graph: Graph;
  onOutput(source: string, line: string): void;
  /** Told of every process, so that one that is left over can be found. */
  onProcess(pid: number): void;
}

/** The web servers of the templates' Elastic Beanstalk environments, each as a process of its own on loopback. */
export interface FrontEnds {
  /** Where each of them will listen, by its environment's name. */
  readonly endpoints: readonly (readonly [name: string, url: string])[];
  /** Environments that have nothing for Node in them: nobody listens for those any more. */
  notHosted(graph: Graph, assembly: Pick<Assembly, "files">): Promise<Graph["skipped"]>;
  /** Starts the others, once what stands behind them is there, and waits until each answers. */
  open(surroundings: Surroundings): Promise<void>;
  stop(): Promise<void>;
}

/** Keeps a port for every environment. The templates are resolved after it: addresses are part of them. */
export async function reserveFrontEnds(idsOf: (type: string) => readonly string[]): Promise<FrontEnds> {
  const keepers = new Map<string, Server>();
  const scripts = new Map<string, string>();
  const processes: TaskProcess[] = [];
  for (const name of idsOf(ENVIRONMENT)) {
    const keeper = createServer((_request, response) => response.writeHead(503).end());
    await listen(keeper);
    keepers.set(name, keeper);
  }
  const letGo = async (name: string) => {
    const keeper = keepers.get(name);
    keepers.delete(name);
    if (keeper) await close(keeper);
  };
  return {
    endpoints: [...keepers].map(([name, keeper]) => [name, `http://127.0.0.1:${portOf(keeper)}`] as const),
    async notHosted(graph, assembly) {
      const skipped: { type: string; path: string }[] = [];
      for (const environment of graph.ofType(ENVIRONMENT)) {
        const script = scriptOf(environment, graph, assembly);
        if (script !== undefined) scripts.set(environment.name, script);
        else {
          const type = `${ENVIRONMENT} (no bundle whose Procfile says "web: node FILE")`;
          skipped.push({ type, path: environment.path });
          await letGo(environment.name);
        }
      }
      return skipped;
    },
    async open({ graph, onOutput, onProcess }) {
      const opened = await Promise.allSettled(
        graph.ofType(ENVIRONMENT).map(async (environment) => {
          const { name } = environment;
          const [script, keeper] = [scripts.get(name), keepers.get(name)];
          if (script === undefined || keeper === undefined) return;
          const port = portOf(keeper);
          await letGo(name);
          const variables = { ...variablesOf(environment), PORT: String(port) };
          const process = startTask(script, variables, (line) => onOutput(name, line));
          processes.push(process);
          if (process.pid !== undefined) onProcess(process.pid);
          await answers(process, port, environment);
        }),
      );
      // Only now is every process known, so that all of them are stopped.
      for (const one of opened) if (one.status === "rejected") throw one.reason;
    },
    async stop() {
      await Promise.all([...keepers.values()].map(close));
      await Promise.all(processes.map((process) => process.stop(ENDS_WITHIN_MS)));
    },
  };
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

async function answers(process: TaskProcess, port: number, { path }: Resource): Promise<void> {
  for (const until = Date.now() + ANSWERS_WITHIN_MS; Date.now() < until; await sleep(LOOK_MS)) {
    if (!process.running) throw new TemplateError(`The front end ${path} ended with exit code ${process.exitCode}.`);
    const answered = await fetch(`http://127.0.0.1:${port}/`).then(
      (response) => response.arrayBuffer(),
      () => undefined,
    );
    if (answered) return;
  }
  throw new TemplateError(`The front end ${path} did not answer on its port within ${ANSWERS_WITHIN_MS / 1000} s.`);
}

interface OptionSetting {
  readonly Namespace: string;
  readonly OptionName: string;
  readonly Value: string;
}

/** What Elastic Beanstalk would put into the environment of the process. */
function variablesOf({ properties }: Resource): Record<string, string> {
  const settings = (properties.OptionSettings ?? []) as OptionSetting[];
  const own = settings.filter(({ Namespace }) => Namespace === VARIABLES);
  return {
    ...Object.fromEntries(own.map(({ OptionName, Value }) => [OptionName, Value])),
    NODE_OPTIONS: `--import=${ENDS_WITH_US}`,
  };
}

/** What the Procfile of the environment's bundle starts; undefined when that is nothing for Node, or not on this machine. */
function scriptOf({ properties }: Resource, graph: Graph, { files }: Pick<Assembly, "files">): string | undefined {
  const version = graph.byName("AWS::ElasticBeanstalk::ApplicationVersion", String(properties.VersionLabel));
  const { S3Key = "" } = (version?.properties.SourceBundle ?? {}) as { S3Key?: string };
  const folder = files.get(S3Key);
  const procfile = folder && join(folder, "Procfile");
  if (!procfile || !existsSync(procfile)) return undefined;
  const [, file] = /^web: node (\S+)$/m.exec(readFileSync(procfile, "utf8")) ?? [];
  return file && existsSync(join(folder, file)) ? join(folder, file) : undefined;
}

export const elasticBeanstalkTypes: Types = {
  "AWS::ElasticBeanstalk::Application": { ref: byName, attributes: {}, nameProperty: "ApplicationName" },
  "AWS::ElasticBeanstalk::ApplicationVersion": onlyId,
  "AWS::ElasticBeanstalk::Environment": {
    ref: byName,
    // An address without a scheme: of the only instance, or of the load balancer.
    attributes: { EndpointURL: ({ name }, endpoints) => endpointOf(endpoints, name).replace("http://", "") },
    nameProperty: "EnvironmentName",
  },
};
