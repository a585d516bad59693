import { isDeepStrictEqual } from "node:util";
import type { TableRecord } from "../stand-in/aws/dynamodb/operations.ts";
import { busNameOf } from "../stand-in/aws/eventbridge/rules.ts";
import type { EventSourceRecord } from "../stand-in/aws/lambda/event-source-mappings.ts";
import type { FunctionRecord } from "../stand-in/aws/lambda/operations.ts";
import type { AliasRecord } from "../stand-in/aws/lambda/versions.ts";
import type { BuildingBlocks } from "../stand-in/building-blocks.ts";
import type { Target } from "../workflows/state.ts";

/** What can be changed of one part of the target, as plain values. */
export type State = Readonly<Record<string, unknown>>;

interface Part {
  read(): State;
  /** A change of it is under way. */
  changing(): boolean;
}

/** Everything that the target's description lets game days change. */
export interface Records {
  readonly target: Target;
  readonly functions: ReadonlyMap<string, FunctionRecord>;
  /** Function → the variables that serve right now. */
  readonly inEffect: ReadonlyMap<string, Readonly<Record<string, string>>>;
  readonly blocks: Pick<BuildingBlocks, "rules" | "queues" | "plans">;
  readonly eventSources: ReadonlyMap<string, EventSourceRecord>;
  readonly tables: ReadonlyMap<string, TableRecord>;
  /** By ARN. */
  readonly aliases: ReadonlyMap<string, AliasRecord>;
}

/** The alias that a drill names so. */
export function aliasRecord({ target, aliases, functions }: Records, name: string): AliasRecord {
  const { functionName, alias } = target.aliases![name]!;
  return aliases.get(`${functions.get(functionName)!.arn}:${alias}`)!;
}

/** `queue deliveries`: the field by which drills name such a part, and its name. */
export const partName = (field: string, name: string): string => `${field} ${name}`;

const NOBODYS: ReadonlySet<string> = new Set();

/** The target as it is right now, and as it has to be in the end: as it was, with other people's edits in it. */
export class TargetState {
  readonly #isThere: () => boolean;
  readonly #parts: ReadonlyMap<string, Part>;
  readonly #expected = new Map<string, State>();
  /** Every state that was ever seen of a part, in order. */
  readonly #seen = new Map<string, State[]>();

  /** @param isThere whether the target's stack is up: what is not there is not as it should not be. Default: it always is. */
  constructor(records: Records, isThere: () => boolean = () => true) {
    this.#isThere = isThere;
    this.#parts = new Map(partsOf(records));
    for (const [name, part] of this.#parts) {
      const state = part.read();
      this.#expected.set(name, state);
      this.#seen.set(name, [state]);
    }
  }

  /** @param except parts that somebody is changing right now */
  asExpected(except: ReadonlySet<string> = NOBODYS): boolean {
    return this.differences(except).length === 0;
  }

  /** What is not as it has to be. */
  differences(except: ReadonlySet<string> = NOBODYS): string[] {
    if (!this.#isThere()) return [];
    return [...this.#parts].flatMap(([name, part]) => {
      if (except.has(name)) return [];
      const [found, expected] = [part.read(), this.#expected.get(name)!];
      const fields = [...new Set([...Object.keys(found), ...Object.keys(expected)])];
      const others = fields
        .filter((field) => !isDeepStrictEqual(found[field], expected[field]))
        .map((field) => `${field} ${shown(found[field])}, expected ${shown(expected[field])}`);
      const changing = part.changing() ? ["a change of it is under way"] : [];
      return [...others, ...changing].map((what) => `${name}: ${what}`);
    });
  }

  /** Whether a change is under way: of the part, or of any. */
  changing(name?: string): boolean {
    if (name !== undefined) return this.#parts.get(name)!.changing();
    for (const part of this.#parts.values()) if (part.changing()) return true;
    return false;
  }

  /** Looks at everything, for {@link TargetState.wasEver}. */
  look(): void {
    for (const [name, part] of this.#parts) {
      const seen = this.#seen.get(name)!;
      const state = part.read();
      if (!isDeepStrictEqual(state, seen.at(-1))) seen.push(state);
    }
  }

  wasEver(name: string, matches: (state: State) => boolean): boolean {
    return this.#seen.get(name)?.some(matches) ?? false;
  }

  expected(name: string): State {
    return this.#expected.get(name)!;
  }

  expect(name: string, state: State): void {
    this.#expected.set(name, state);
  }
}

const shown = (value: unknown) => (value === undefined ? "none" : JSON.stringify(value));

function partsOf(records: Records): [string, Part][] {
  const { target, functions, inEffect, blocks, eventSources, tables } = records;
  const each = <As>(field: string, named: Readonly<Record<string, As>> | undefined, part: (as: As) => Part) =>
    Object.entries(named ?? {}).map(([name, as]): [string, Part] => [partName(field, name), part(as)]);
  return [
    ...each("function", target.functions, (name) => {
      const record = functions.get(name)!;
      return {
        read: () => ({
          ...{ variables: record.variables, inEffect: inEffect.get(name) },
          reserved: record.reservedConcurrency ?? "none",
        }),
        changing: () => record.lastUpdateStatus === "InProgress",
      };
    }),
    ...each("queue", target.queues, (url) => {
      const record = blocks.queues.byUrl(url)!;
      return {
        read() {
          const { Policy, ...attributes } = record.attributes;
          return { ...attributes, policy: Policy === undefined ? "none" : JSON.parse(Policy) };
        },
        changing: () => false,
      };
    }),
    ...each("eventSource", target.eventSources, (uuid) => {
      const record = eventSources.get(uuid)!;
      return { read: () => ({ ...record.settings }), changing: () => record.pending !== undefined };
    }),
    ...each("rule", target.rules, ({ name, eventBusName }) => {
      const record = blocks.rules.find((one) => one.name === name && one.busName === busNameOf(eventBusName))!;
      return { read: () => ({ state: record.state }), changing: () => false };
    }),
    ...each("usagePlan", target.usagePlans, (id) => {
      const record = blocks.plans.records.get(id)!;
      return { read: () => ({ ...(record.throttle ?? {}) }), changing: () => false };
    }),
    ...each("table", target.tables, (name) => {
      const record = tables.get(name)!;
      return { read: () => ({ ...record.most }), changing: () => record.pending !== undefined };
    }),
    ...Object.keys(target.aliases ?? {}).map((name): [string, Part] => {
      const record = aliasRecord(records, name);
      const read = () => ({ version: record.version, weights: record.weights ?? "none" });
      return [partName("alias", name), { read, changing: () => false }];
    }),
  ];
}
