import { codeOf } from "../assets.ts";
import type { Assembly } from "../cfn/assembly.ts";
import type { Graph, Resource } from "../cfn/graph.ts";
import { TemplateError } from "../cfn/intrinsics.ts";
import { embeddedMetrics } from "../services/embedded-metrics.ts";
import type { FunctionRecord } from "../services/lambda.ts";
import type { Metrics } from "../services/metrics.ts";
import { triggerOf } from "../triggers.ts";
import type { Answer, Launch } from "./execution-environment.ts";
import { type Injection, injected } from "./fis-extension.ts";
import { FunctionHost, LOADING_AT_ONCE } from "./function-host.ts";

interface Surroundings {
  readonly graph: Graph;
  readonly assembly: Assembly;
  readonly metrics: Metrics;
  /** What experiments do to a function's invocations right now. Default: nothing. */
  injectionsOf?(record: FunctionRecord): readonly Injection[];
  /** What the SDK in a function reads: who it is, and where the stand-in answers. */
  sdkVariables(roleArn: string): Record<string, string>;
  onOutput(source: string, line: string): void;
}

/** One function: what serves it, what its control plane says, and how many invocations run right now. */
interface Hosted {
  readonly host: FunctionHost;
  readonly record: FunctionRecord;
  running: number;
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

  /** Loads every function. Throws for one that cannot be loaded, with its own error. */
  async start(records: Iterable<FunctionRecord>): Promise<void> {
    const steps = stepArns(this.#surroundings.graph);
    for (const record of records) {
      const own = steps.has(record.arn) || triggerOf(this.#surroundings.graph.byArn(record.arn)!) !== undefined;
      if (!own) this.#hosts.set(record.arn, { host: new FunctionHost(this.#launchOf(record)), record, running: 0 });
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

  async invoke(functionArn: string, event: unknown): Promise<Answer> {
    const { metrics, injectionsOf = () => [] } = this.#surroundings;
    const hosted = this.#hosts.get(functionArn);
    if (!hosted) throw new TemplateError(`No function ${functionArn} is hosted.`);
    const dimensions = { FunctionName: hosted.record.name };
    const throttled = hosted.running >= (hosted.record.reservedConcurrency ?? Number.POSITIVE_INFINITY);
    metrics.add("AWS/Lambda", "Throttles", dimensions, throttled ? 1 : 0);
    // Neither an invocation nor an error (Lambda developer guide, "Types of metrics for Lambda functions").
    if (throttled) return THROTTLED;
    const began = performance.now();
    hosted.running++;
    metrics.add("AWS/Lambda", "ConcurrentExecutions", dimensions, hosted.running);
    const { record, host } = hosted;
    const serve = () => host.invoke(event);
    const answer = await injected(injectionsOf(record), record.timeoutSeconds * 1000, serve).finally(
      () => hosted.running--,
    );
    metrics.add("AWS/Lambda", "Invocations", dimensions, 1);
    metrics.add("AWS/Lambda", "Errors", dimensions, "error" in answer ? 1 : 0);
    metrics.add("AWS/Lambda", "Duration", dimensions, performance.now() - began);
    return answer;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#hosts.values()].map(({ host }) => host.stop()));
  }

  #launchOf(record: FunctionRecord): Launch {
    const { graph, assembly, metrics, sdkVariables, onOutput } = this.#surroundings;
    return {
      ...codeOf(graph.byArn(record.arn) as Resource, assembly),
      variables: { ...record.variables, ...sdkVariables(record.roleArn), AWS_LAMBDA_FUNCTION_NAME: record.name },
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
