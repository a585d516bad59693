import { randomUUID } from "node:crypto";
import type { StepCaller } from "../../gameday/step-caller.ts";
import { callTrigger, triggerOf } from "../../gameday/triggers.ts";
import type { Identities } from "../../iam/identities.ts";
import { authoriseRule } from "../../iam/lambda-permissions.ts";
import { definitionOf } from "../../templates/assets.ts";
import type { Assembly } from "../../templates/cfn/assembly.ts";
import type { Graph, Resource } from "../../templates/cfn/graph.ts";
import { TemplateError } from "../../templates/cfn/intrinsics.ts";
import { ACCOUNT, arn, REGION } from "../../templates/cfn/naming.ts";
import { type Bus, createBus, type Delivery, type Post } from "../eventbridge/bus.ts";
import type { RuleTargets } from "../eventbridge/rule-targets.ts";
import type { RuleRecord } from "../eventbridge/rules.ts";
import { type Interference, ServiceError } from "../operation.ts";
import { startSchedules } from "../scheduler/schedules.ts";
import { playStartExecution } from "./operations.ts";
import { type Execution, type ExecutionEvent, startExecution } from "./state-machine.ts";

interface Surroundings {
  readonly graph: Graph;
  readonly assembly: Assembly;
  readonly identities: Identities;
  /** By execution ARN: shared with whoever answers questions about them. */
  readonly executions: Map<string, Execution>;
  /** Calls the functions behind the Tasks. */
  readonly caller: StepCaller;
  onEvent(execution: string, event: ExecutionEvent): void;
  /** The state machines' definitions by ARN. Default: as in the templates. */
  readonly definitions?: Definitions;
  /** What may happen to the bus's events. Default: nothing. */
  readonly post?: Post;
  /** Schedules and rules start game days here too. Default: no, what is played is one game day. */
  readonly startsItself?: boolean;
  /** What may happen to the calls of triggers. Default: nothing. */
  readonly interfere?: Interference;
  /** The rules as they are right now. Default: as in the templates. */
  readonly rules?: readonly RuleRecord[];
  /** Delivers to what is neither a state machine nor a trigger. Default: such targets are not played. */
  readonly ruleTargets?: RuleTargets;
  /** Lines that triggers write in their logs. */
  readonly onNote?: (sentence: string) => void;
}

const executionArnOf = (machine: Resource, name: string): string => arn("states", `execution:${machine.name}:${name}`);

export type Definitions = ReadonlyMap<string, ReturnType<typeof definitionOf>>;

/** Every state machine's definition, its substitutions made, by the machine's ARN. */
export const definitionsOf = (graph: Graph, assembly: Assembly): Definitions =>
  new Map(
    graph
      .ofType("AWS::StepFunctions::StateMachine")
      .map((machine) => [machine.arn ?? "", definitionOf(machine, assembly)]),
  );

/** The state machines of the templates, their executions, the event bus that hears of them, and the schedules. */
export class Executions {
  readonly bus: Bus;
  /** StartExecution as a trigger calls it. */
  readonly startExecution = playStartExecution((machineArn, name, input) => this.#startOnce(machineArn, name, input));
  readonly #all: Map<string, Execution>;
  readonly #surroundings: Surroundings;
  readonly #definitions: Definitions;
  readonly #stopSchedules: () => void;
  readonly #deliveries = new Set<Promise<void>>();
  /** What executions were started with, as text. */
  readonly #inputs = new Map<string, string>();

  constructor(surroundings: Surroundings) {
    const { graph, assembly, definitions, post, rules, ruleTargets } = surroundings;
    this.#surroundings = surroundings;
    this.#all = surroundings.executions;
    this.#definitions = definitions ?? definitionsOf(graph, assembly);
    this.bus = createBus(graph, (delivery) => this.#underWay(this.#deliver(delivery)), post, {
      ...(rules ? { rules } : {}),
      putAside: (delivery) => ruleTargets?.putAside(delivery),
    });
    this.#stopSchedules = startSchedules(graph, (delivery) => this.bus.send(delivery));
  }

  /** Starts an execution; the same name again is the same execution. */
  start(machineArn: string, name: string, input: unknown): Execution {
    const { graph, identities, caller, onEvent } = this.#surroundings;
    const machine = graph.byArn(machineArn);
    const definition = this.#definitions.get(machineArn);
    if (!machine || !definition) throw new TemplateError(`There is no state machine ${machineArn}.`);
    const executionArn = executionArnOf(machine, name);
    const running = this.#all.get(executionArn);
    if (running) return running;
    const role = identities.of(String(machine.properties.RoleArn));
    const execution = startExecution(definition, {
      machineArn,
      arn: executionArn,
      name,
      input,
      call: async (resource, payload, state) => {
        identities.authorise(role, { action: "lambda:InvokeFunction", resource, context: {} });
        return caller.call(resource, payload, state);
      },
      onEvent: (event) => onEvent(name, event),
    });
    this.#all.set(executionArn, execution);
    this.#inputs.set(executionArn, JSON.stringify(input));
    this.#announce(execution, "RUNNING");
    void execution.ended.then(({ status }) => this.#announce(execution, status));
    return execution;
  }

  /** The same input for a name that still runs is the same start; anything else under a name that was used is an error. */
  #startOnce(machineArn: string, name: string, input: string): Execution {
    const machine = this.#surroundings.graph.byArn(machineArn);
    if (!machine) throw new ServiceError("StateMachineDoesNotExist", `State Machine Does Not Exist: '${machineArn}'`);
    const executionArn = executionArnOf(machine, name);
    const before = this.#all.get(executionArn);
    const parsed: unknown = JSON.parse(input);
    const same = before?.status === "RUNNING" && this.#inputs.get(executionArn) === JSON.stringify(parsed);
    if (before && !same) {
      throw new ServiceError("ExecutionAlreadyExists", `Execution Already Exists: '${executionArn}'`);
    }
    return this.start(machineArn, name, parsed);
  }

  /** The end of an execution that is not here any more, as Step Functions reports it. */
  announceEnded(execution: Pick<Execution, "arn" | "machineArn" | "name">, status: string): void {
    this.#announce(execution, status);
  }

  /** Waits until no execution runs and no step is at work, those included that an ending has started through a rule. */
  async quiet(): Promise<void> {
    let known = -1;
    while (known !== this.#all.size || this.#deliveries.size > 0) {
      known = this.#all.size;
      await Promise.allSettled(this.#deliveries);
      await Promise.all([...this.#all.values()].map((execution) => execution.quiet));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Nothing is started by itself any more. */
  stop(): void {
    this.#stopSchedules();
  }

  #announce({ arn: executionArn, machineArn, name }: Pick<Execution, "arn" | "machineArn" | "name">, status: string) {
    this.bus.put({
      source: "aws.states",
      "detail-type": "Step Functions Execution Status Change",
      account: ACCOUNT,
      region: REGION,
      resources: [executionArn],
      detail: { executionArn, stateMachineArn: machineArn, name, status },
    });
  }

  async #underWay(delivery: Promise<void>): Promise<void> {
    this.#deliveries.add(delivery);
    try {
      await delivery;
    } finally {
      this.#deliveries.delete(delivery);
    }
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const { rule, targetArn, roleArn, input } = delivery;
    const { graph, identities, ruleTargets } = this.#surroundings;
    const target = graph.byArn(targetArn);
    if (target && triggerOf(target)) return this.#trigger(target, delivery);
    if (ruleTargets && target?.type !== "AWS::StepFunctions::StateMachine") return ruleTargets.deliver(delivery);
    if (target?.type !== "AWS::StepFunctions::StateMachine") {
      throw new TemplateError(`Rule ${rule}: targets of its kind (${targetArn}) are not played.`);
    }
    const role = identities.of(roleArn ?? "");
    identities.authorise(role, { action: "states:StartExecution", resource: targetArn, context: {} });
    this.start(targetArn, randomUUID(), input);
  }

  /** A schedule calls a function by its role, a rule by the function's own policy. */
  async #trigger(target: Resource, { rule, ruleArn, targetArn, roleArn, input }: Delivery): Promise<void> {
    const { graph, identities, interfere = (_, make) => make(), onNote: note = () => {} } = this.#surroundings;
    if (!this.#surroundings.startsItself) {
      note(`${rule} would start a game day now; here it does not.`);
      return;
    }
    if (roleArn === undefined) authoriseRule(graph, ruleArn, targetArn);
    else {
      const request = { action: "lambda:InvokeFunction", resource: targetArn, context: {} };
      identities.authorise(identities.of(roleArn), request);
    }
    return callTrigger(target, input, { graph, identities, sfn: this.startExecution, interfere, note });
  }
}
