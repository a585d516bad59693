import { triggerOf } from "../../gameday/triggers.ts";
import { codeOf } from "../../templates/assets.ts";
import type { Assembly } from "../../templates/cfn/assembly.ts";
import { readFunctionName } from "../../templates/cfn/function-name.ts";
import type { Graph, Resource } from "../../templates/cfn/graph.ts";
import { TemplateError } from "../../templates/cfn/intrinsics.ts";
import { embeddedMetrics } from "../cloudwatch/embedded-metrics.ts";
import type { Metrics } from "../cloudwatch/metrics.ts";
import { type Injection, injected } from "../fis/extension.ts";
import type { Answer, Launch } from "./execution-environment.ts";
import { FunctionHost, LOADING_AT_ONCE } from "./function-host.ts";
import type { FunctionRecord } from "./operations.ts";
import type { VersionRecord } from "./versions.ts";

interface Surroundings {
  readonly graph: Graph;
  readonly assembly: Assembly;
  readonly metrics: Metrics;
  /** What experiments do to a function's invocations right now. Default: nothing. */
  injectionsOf?(record: FunctionRecord): readonly Injection[];
  /** An experiment has touched an invocation. */
  onInjected?(record: FunctionRecord): void;
  /** The ARN of what serves who calls this function, version or alias: the function's own is `$LATEST`. Default: what is called. */
  serving?(invokedArn: string): string;
  /** What the SDK in a function reads: who it is, and where the stand-in answers. */
  sdkVariables(roleArn: string): Record<string, string>;
  onOutput(source: string, line: string): void;
}

/** One version of a function: what serves it, what the function's control plane says, and what of the function runs right now. */
interface Hosted {
  readonly host: FunctionHost;
  readonly record: FunctionRecord;
  /** The same of all its versions: what is reserved is the function's. */
  readonly load: { running: number };
}

/** Lambda's own answer to an invocation beyond the reserved concurrency: the function never hears of it. */
export const THROTTLED: Answer = { error: { errorType: "Throttled", errorMessage: "Rate Exceeded." } };

/** The hosts of all functions that are not gameday's own: those run as their own bundles. */
export class Functions {
  readonly #surroundings: Surroundings;
  readonly #hosts = new Map<string, Hosted>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Loads every function, and each of its versions. Throws for one that cannot be loaded, with its own error. */
  async start(records: Iterable<FunctionRecord>, versions: Iterable<VersionRecord> = []): Promise<void> {
    const steps = stepArns(this.#surroundings.graph);
    for (const record of records) {
      const own = steps.has(record.arn) || triggerOf(this.#surroundings.graph.byArn(record.arn)!) !== undefined;
      if (own) continue;
      this.#hosts.set(record.arn, { host: new FunctionHost(this.#launchOf(record)), record, load: { running: 0 } });
    }
    for (const version of versions) {
      const latest = this.#hosts.get(version.of.arn);
      const launch = this.#launchOf(version.of, version);
      if (latest) this.#hosts.set(version.arn, { ...latest, host: new FunctionHost(launch) });
    }
    const hosted = [...this.#hosts.values()];
    for (let next = 0; next < hosted.length; next += LOADING_AT_ONCE) {
      await Promise.all(hosted.slice(next, next + LOADING_AT_ONCE).map((one) => this.#check(one)));
    }
    // The others that a function should have at hand nobody has to wait for.
    for (const { host } of hosted) void host.warmUp();
  }

  async #check({ host, record }: Hosted): Promise<void> {
    const failed = await host.warmUp(1);
    if (!failed) return;
    const { path } = this.#surroundings.graph.byArn(record.arn) as Resource;
    throw new TemplateError(`Function ${path} does not load: ${failed.errorType}: ${failed.errorMessage}`);
  }

  /** Puts a new environment into effect; until then the old one serves. */
  async takeEffect(record: FunctionRecord): Promise<void> {
    await this.#hosts.get(record.arn)?.host.replace(this.#launchOf(record));
  }

  /** @param invokedArn of the function, or of a version or an alias of it */
  async invoke(invokedArn: string, event: unknown): Promise<Answer> {
    const { injectionsOf = () => [], onInjected = () => {}, serving = (arn: string) => arn } = this.#surroundings;
    const hosted = this.#hosts.get(serving(invokedArn));
    if (!hosted) throw new TemplateError(`No function ${invokedArn} is hosted.`);
    const { record, host, load } = hosted;
    const measure = (name: string, value: number) => this.#measure(invokedArn, name, value);
    const throttled = load.running >= (record.reservedConcurrency ?? Number.POSITIVE_INFINITY);
    measure("Throttles", throttled ? 1 : 0);
    // Neither an invocation nor an error (Lambda developer guide, "Types of metrics for Lambda functions").
    if (throttled) return THROTTLED;
    const began = performance.now();
    load.running++;
    measure("ConcurrentExecutions", load.running);
    const serve = () => host.invoke(event);
    const touched = () => onInjected(record);
    const answer = await injected(injectionsOf(record), record.timeoutSeconds * 1000, serve, touched).finally(
      () => load.running--,
    );
    measure("Invocations", 1);
    measure("Errors", "error" in answer ? 1 : 0);
    measure("Duration", performance.now() - began);
    return answer;
  }

  /** Of the function, and of the version or alias by which it was called (Lambda developer guide, "Dimensions"). */
  #measure(invokedArn: string, metric: string, value: number): void {
    const { name: FunctionName, qualifier } = readFunctionName(invokedArn);
    const own = { FunctionName };
    const asCalled = qualifier === undefined ? [] : [{ ...own, Resource: `${FunctionName}:${qualifier}` }];
    for (const dimensions of [own, ...asCalled]) {
      this.#surroundings.metrics.add("AWS/Lambda", metric, dimensions, value);
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#hosts.values()].map(({ host }) => host.stop()));
  }

  #launchOf(record: FunctionRecord, version?: VersionRecord): Launch {
    const { graph, assembly, metrics, sdkVariables, onOutput } = this.#surroundings;
    return {
      ...codeOf(graph.byArn(record.arn) as Resource, assembly),
      variables: {
        ...(version ?? record).variables,
        ...sdkVariables(record.roleArn),
        AWS_LAMBDA_FUNCTION_NAME: record.name,
        AWS_LAMBDA_FUNCTION_VERSION: version?.version ?? "$LATEST",
      },
      timeoutMs: record.timeoutSeconds * 1000,
      onOutput: (line) => {
        for (const { namespace, name, dimensions, value } of embeddedMetrics(line)) {
          metrics.add(namespace, name, dimensions, value);
        }
        onOutput(record.name, line);
      },
    };
  }
}

const stepArns = (graph: Graph) =>
  new Set(
    graph
      .ofType("AWS::StepFunctions::StateMachine")
      .flatMap(({ properties }) => Object.values((properties.DefinitionSubstitutions ?? {}) as Record<string, string>)),
  );
