import { randomUUID } from "node:crypto";
import { definitionOf } from "./assets.ts";
import type { Assembly } from "./cfn/assembly.ts";
import { ACCOUNT, arn, REGION } from "./cfn/attributes.ts";
import type { Graph } from "./cfn/graph.ts";
import { TemplateError } from "./cfn/intrinsics.ts";
import { type Bus, createBus, type Delivery, type Post } from "./events/bus.ts";
import { startSchedules } from "./events/schedules.ts";
import { type Execution, type ExecutionEvent, startExecution } from "./hosts/state-machine.ts";
import type { Identities } from "./iam/identities.ts";
import type { StepCaller } from "./step-caller.ts";

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
}

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
  readonly #all: Map<string, Execution>;
  readonly #surroundings: Surroundings;
  readonly #definitions: Definitions;
  readonly #stopSchedules: () => void;

  constructor(surroundings: Surroundings) {
    const { graph, assembly, definitions, post } = surroundings;
    this.#surroundings = surroundings;
    this.#all = surroundings.executions;
    this.#definitions = definitions ?? definitionsOf(graph, assembly);
    this.bus = createBus(graph, (delivery) => this.#deliver(delivery), post);
    this.#stopSchedules = startSchedules(graph, (delivery) => this.bus.send(delivery));
  }

  /** Starts an execution; the same name again is the same execution. */
  start(machineArn: string, name: string, input: unknown): Execution {
    const { graph, identities, caller, onEvent } = this.#surroundings;
    const machine = graph.byArn(machineArn);
    const definition = this.#definitions.get(machineArn);
    if (!machine || !definition) throw new TemplateError(`There is no state machine ${machineArn}.`);
    const executionArn = arn("states", `execution:${machine.name}:${name}`);
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
    this.#announce(execution, "RUNNING");
    void execution.ended.then(({ status }) => this.#announce(execution, status));
    return execution;
  }

  /** The end of an execution that is not here any more, as Step Functions reports it. */
  announceEnded(execution: Pick<Execution, "arn" | "machineArn" | "name">, status: string): void {
    this.#announce(execution, status);
  }

  /** Waits until no execution runs and no step is at work, those included that an ending has started through a rule. */
  async quiet(): Promise<void> {
    let known = -1;
    while (known !== this.#all.size) {
      known = this.#all.size;
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

  async #deliver({ rule, targetArn, roleArn, input }: Delivery): Promise<void> {
    const { graph, identities } = this.#surroundings;
    if (graph.byArn(targetArn)?.type !== "AWS::StepFunctions::StateMachine") {
      throw new TemplateError(`Rule ${rule}: targets of its kind (${targetArn}) are not played.`);
    }
    const role = identities.of(roleArn ?? "");
    identities.authorise(role, { action: "states:StartExecution", resource: targetArn, context: {} });
    this.start(targetArn, randomUUID(), input);
  }
}
