import { createLeases, type Leases } from "../functions/lease/lease.ts";
import type { Clients } from "../functions/runtime/clients.ts";
import { Metrics } from "./aws/cloudwatch/metrics.ts";
import type { Post, Undelivered } from "./aws/eventbridge/bus.ts";
import type { Event } from "./aws/eventbridge/patterns.ts";
import { createRuleTargets } from "./aws/eventbridge/rule-targets.ts";
import type { LostEvent } from "./aws/lambda/async-invocations.ts";
import type { Interference } from "./aws/operation.ts";
import { createServices, type Hosting, type Services } from "./aws/services.ts";
import { type Definitions, Executions } from "./aws/step-functions/executions.ts";
import type { Execution, ExecutionEvent } from "./aws/step-functions/state-machine.ts";
import { type StepCaller, type StepCallerOptions, stepCaller } from "./gameday/step-caller.ts";
import { systemOf } from "./gameday/system.ts";
import { type Asked, createIdentities, type Identities } from "./iam/identities.ts";
import type { Graph } from "./templates/cfn/graph.ts";

/** What a region is made of: where its services are played, and what may happen on the way to them. */
export interface RegionOptions extends Omit<Hosting, "identities" | "metrics" | "executions" | "put"> {
  /** By execution ARN: those that were there before as well. */
  readonly executions: Map<string, Execution>;
  /** What may happen to calls of the steps. Default: nothing. */
  readonly interfere?: Interference;
  /** What may happen between Step Functions and the steps. Default: nothing. */
  readonly around?: (caller: StepCaller) => StepCaller;
  /** What may happen to events on their way. Default: nothing. */
  readonly post?: Post;
  /** Schedules and rules of the templates start game days here too. Default: no, what is played is one game day. */
  readonly startsItself?: boolean;
  /** The state machines' definitions by ARN. Default: as in the templates. */
  readonly definitions?: Definitions;
  readonly steps?: StepCallerOptions["steps"];
  readonly spoil?: StepCallerOptions["spoil"];
  /** Lines that triggers write in their logs. */
  readonly onNote?: (sentence: string) => void;
  readonly onEvent?: (execution: string, event: ExecutionEvent) => void;
}

/** What templates describe, brought to life: their services, gameday's own state machines and steps, and what connects them. */
export interface Region {
  readonly graph: Graph;
  readonly identities: Identities;
  readonly metrics: Metrics;
  readonly aws: Services;
  readonly executions: ReadonlyMap<string, Execution>;
  readonly undelivered: readonly Undelivered[];
  /** Events for functions that were given up and had nowhere to go. */
  readonly lost: readonly LostEvent[];
  /** Every question to IAM and its answer. */
  readonly asked: readonly Asked[];
  /** Who holds which target; absent when the templates do not say where that is written. */
  leases(documents: Clients["documents"]): Leases | undefined;
  /**
   * What is not as its stack deployed it, and what game days have left: seen by the stand-in, whatever a report says.
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
  /** The services begin what they do by themselves. */
  open(): void;
  /** Nothing happens by itself any more. */
  stop(): Promise<void>;
}

/** Throws {@link TemplateError} for what CloudFormation or a service would refuse. */
export async function createRegion(options: RegionOptions): Promise<Region> {
  const { graph, assembly, executions, interfere, post, definitions } = options;
  const identities = createIdentities(graph);
  const metrics = new Metrics(Date.now);
  // Events come later than what delivers them.
  const put = (event: Event, busName?: string) => machines.bus.put(event, busName);
  const aws = createServices({ ...options, identities, metrics, put });
  const { services, isThere, queues, invocations } = aws;
  const caller = await stepCaller({
    graph,
    identities,
    functions: aws.functions,
    interfere: interfere ?? ((_, make) => make()),
    alarmPeriodSeconds: options.pace.alarmPeriodSeconds,
    services,
    ...(options.steps ? { steps: options.steps } : {}),
    ...(options.spoil ? { spoil: options.spoil } : {}),
  });
  const machines = new Executions({
    graph,
    assembly,
    identities,
    executions,
    caller: options.around?.(caller) ?? caller,
    rules: aws.rules,
    ruleTargets: createRuleTargets({ graph, metrics, queues, invocations }),
    startsItself: options.startsItself ?? false,
    onEvent: options.onEvent ?? (() => {}),
    ...(interfere ? { interfere } : {}),
    ...(post ? { post } : {}),
    ...(definitions ? { definitions } : {}),
    ...(options.onNote ? { onNote: options.onNote } : {}),
  });
  const all = Object.values(services);

  return {
    graph,
    identities,
    metrics,
    aws,
    executions,
    undelivered: machines.bus.undelivered,
    lost: invocations.lost,
    asked: identities.asked,
    leases(documents) {
      const system = systemOf(graph);
      return system && createLeases(documents, system.leaseTable, { now: () => new Date() });
    },
    changed() {
      // What has gone with its stack is not changed: it is not there.
      const gone = new Set(graph.resources.filter((one) => !isThere(one)).flatMap(({ name, path }) => [name, path]));
      const changed = aws.changed().filter((what) => !gone.has(what));
      return [...changed, ...all.flatMap((service) => service.left?.() ?? [])];
    },
    start: (machineArn, name, input) => machines.start(machineArn, name, input),
    put,
    announceEnded: (execution, status) => machines.announceEnded(execution, status),
    quiet: () => machines.quiet(),
    open() {
      for (const service of all) service.open?.();
    },
    async stop() {
      machines.stop();
      invocations.stop();
      await Promise.all(all.map((service) => service.stop?.()));
    },
  };
}
