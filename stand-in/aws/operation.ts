import type { Identities, Identity } from "../iam/identities.ts";

/** An error as the SDK would throw it: `name` is the service's error code. */
export class ServiceError extends Error {
  override readonly name: string;
  readonly $fault: "client" | "server";
  readonly $metadata: { httpStatusCode: number };
  constructor(name: string, message: string, httpStatusCode = 400) {
    super(message);
    this.name = name;
    this.$fault = httpStatusCode >= 500 ? "server" : "client";
    this.$metadata = { httpStatusCode };
  }
}

/** A permission that a call needs. */
export interface Needs {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | undefined>>;
}

/** One operation of a service as the stand-in plays it, typed by the SDK's own input and output. */
export interface Operation<Input, Output> {
  needs(input: Input): Needs[];
  /** It changes what is there, or what runs; not what comes and goes: messages, items, objects. Default: false. */
  readonly mutates?: boolean;
  run(input: Input): Promise<Omit<Output, "$metadata">>;
}

/** The operations of one service by their SDK names, such as `GetParameter`. */
export type Operations = Readonly<Record<string, Operation<never, unknown>>>;

export const operation = <Input, Output>(played: Operation<Input, Output>): Operation<never, unknown> =>
  played as unknown as Operation<never, unknown>;

/** One run of a step's function. */
export interface Invocation {
  /** The step's name. */
  readonly step: string;
  /** The state that called it. */
  readonly state: string;
  readonly input: unknown;
  /** Its time is up: the process is gone, and what it would still do does not happen. */
  over: boolean;
}

/** A call of a step on its way to a service. */
export interface Call {
  readonly invocation: Invocation;
  /** As the step's clients are called, such as `sqs`. */
  readonly service: string;
  readonly operation: string;
  readonly mutates: boolean;
  readonly input: object;
}

/** What may happen to a call: it is made, or fails, or is made later, or is made and its answer gets lost. */
export type Interference = (call: Call, make: () => Promise<unknown>) => Promise<unknown>;

interface Command {
  input: object;
}

/**
 * A client with the SDK's face for one invocation: identity → authorise → service. An operation that is not played is an
 * error that names it.
 */
export function clientOf<C>(
  operations: Operations,
  invocation: Invocation,
  gate: { service: string; identity: Identity; identities: Identities; interfere: Interference },
): C {
  const send = async (command: Command): Promise<unknown> => {
    const name = command.constructor.name.replace(/Command$/, "");
    const played = operations[name];
    if (!played)
      throw new Error(`The stand-in region does not play ${name}. It plays ${Object.keys(operations).join(", ")}.`);
    if (invocation.over) return new Promise(() => {});
    for (const { action, resource, context = {} } of played.needs(command.input as never)) {
      gate.identities.authorise(gate.identity, { action, resource, context });
    }
    const make = () => played.run(command.input as never);
    const { mutates = false } = played;
    const call = { invocation, service: gate.service, operation: name, mutates, input: command.input };
    const output = (await gate.interfere(call, make)) as object;
    return { ...output, $metadata: { httpStatusCode: 200 } };
  };
  return { send } as C;
}
