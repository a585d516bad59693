import type { Client, Clients } from "../../functions/runtime/clients.ts";
import type { Runtime } from "../../functions/runtime/step.ts";

export interface AnyCommand {
  readonly constructor: { readonly name: string };
  input: Record<string, unknown>;
}
export type Send = (command: AnyCommand) => Promise<unknown>;

/** A client whose calls go through `change`. */
export const around = <C extends Client<{ send: unknown }>>(
  client: C,
  change: (command: AnyCommand, send: Send) => unknown,
): C => ({ send: (command: AnyCommand) => change(command, client.send as Send) }) as unknown as C;

export const withClients = (runtime: Runtime, clients: Partial<Clients>): Runtime => ({
  ...runtime,
  clients: { ...runtime.clients, ...clients },
});

/** The states whose steps put back. */
export const UNDOING: readonly string[] = ["UndoFault", "RollBack"];
