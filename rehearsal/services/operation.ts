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
  run(input: Input): Promise<Omit<Output, "$metadata">>;
}

/** The operations of one service by their SDK names, such as `GetParameter`. */
export type Service = Readonly<Record<string, Operation<never, unknown>>>;

export const operation = <Input, Output>(played: Operation<Input, Output>): Operation<never, unknown> =>
  played as unknown as Operation<never, unknown>;

/** What may happen to a call on its way: throws to make it fail. */
export type Interference = (call: { caller: string; operation: string }) => void;

interface Command {
  input: object;
}

/**
 * A client with the SDK's face for one caller: identity → authorise → service. An operation that is not played is an
 * error that names it.
 */
export function clientOf<C>(
  service: Service,
  caller: { name: string; identity: Identity },
  gate: { identities: Identities; interfere: Interference },
): C {
  const send = async (command: Command): Promise<unknown> => {
    const name = command.constructor.name.replace(/Command$/, "");
    const played = service[name];
    if (!played)
      throw new Error(`The stand-in region does not play ${name}. It plays ${Object.keys(service).join(", ")}.`);
    for (const { action, resource, context = {} } of played.needs(command.input as never)) {
      gate.identities.authorise(caller.identity, { action, resource, context });
    }
    gate.interfere({ caller: caller.name, operation: name });
    const output = (await played.run(command.input as never)) as object;
    return { ...output, $metadata: { httpStatusCode: 200 } };
  };
  return { send } as C;
}
