import { setTimeout as sleep } from "node:timers/promises";
import type { Clients } from "../../functions/runtime/clients.ts";
import type { RealClients } from "./moto/clients.ts";
import type { Moto } from "./moto/server.ts";

/** Somebody who answers for AWS, with all that the calls need made there. */
export interface Side<World> {
  readonly clients: Partial<Clients>;
  /** Names and ARNs of what was made. */
  readonly world: World;
  stop?(): Promise<void> | void;
}

/**
 * Calls to one service. Each contract is made against both sides, on a clean state, and what it returns has to be the same
 * but for times and ids: so it returns what gameday reads, and no more.
 */
export interface Contracts<World> {
  readonly of: string;
  inMoto(clients: RealClients, moto: Moto): Promise<World>;
  inStandIn(): Promise<Side<World>>;
  readonly contracts: Readonly<Record<string, (clients: Clients, world: World) => Promise<unknown>>>;
}

export const contracts = <World>(of: Contracts<World>): Contracts<unknown> => of as Contracts<unknown>;

/** What a call came to: what it gave, or the name of its error. */
export async function outcome<T>(call: () => Promise<T>): Promise<T | { error: string }> {
  try {
    return await call();
  } catch (error) {
    return { error: (error as Error).name };
  }
}

/** The names of the errors of several calls, made one after another; of one that succeeds, that. */
export async function errorsOf(calls: Readonly<Record<string, () => Promise<unknown>>>) {
  const errors: Record<string, string> = {};
  for (const [name, call] of Object.entries(calls)) {
    errors[name] = await call().then(
      () => "succeeded",
      (error: Error) => error.name,
    );
  }
  return errors;
}

export function pick<T extends object, K extends keyof T>(value: T | undefined, ...keys: K[]): Partial<Pick<T, K>> {
  return Object.fromEntries(keys.map((key) => [key, value?.[key]])) as Partial<Pick<T, K>>;
}

/** Asks until the answer is as wanted: changes take a while on one side and none on the other. */
export async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean, seconds = 10): Promise<T> {
  for (const end = Date.now() + seconds * 1000; ; await sleep(20)) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(answer)} after ${seconds} s`);
  }
}
