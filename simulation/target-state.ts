import { isDeepStrictEqual } from "node:util";
import { busNameOf } from "../stand-in/aws/eventbridge/rules.ts";
import type { AliasRecord } from "../stand-in/aws/lambda/versions.ts";
import type { Part, PartState } from "../stand-in/aws/service.ts";
import type { Services } from "../stand-in/aws/services.ts";
import { type KnownBy, RESOURCES, type ResourceField } from "../workflows/resources.ts";
import type { Target } from "../workflows/state.ts";

/** What can be changed of one part of the target, as plain values. */
export type State = PartState;

/** Everything that the target's description lets game days change. */
export interface Records {
  readonly target: Target;
  readonly aws: Services;
  /** Function → the variables that serve right now. */
  readonly inEffect: Map<string, Readonly<Record<string, string>>>;
}

/** The alias that a drill names so. */
export function aliasRecord({ target, aws }: Records, name: string): AliasRecord {
  const { functionName, alias } = target.aliases![name]!;
  return aws.versioning.aliases.get(`${aws.functions.get(functionName)!.arn}:${alias}`)!;
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
      const changing = isChanging(part) ? ["a change of it is under way"] : [];
      return [...others, ...changing].map((what) => `${name}: ${what}`);
    });
  }

  /** Whether a change is under way: of the part, or of any. */
  changing(name?: string): boolean {
    if (name !== undefined) return isChanging(this.#parts.get(name)!);
    for (const part of this.#parts.values()) if (isChanging(part)) return true;
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

const isChanging = (part: Part) => part.pending?.() !== undefined;

const shown = (value: unknown) => (value === undefined ? "none" : JSON.stringify(value));

/** A part's id from what AWS knows the resource by, where that is not the id itself. */
const IDS: { readonly [Field in ResourceField]?: (knownBy: KnownBy<Field>) => string } = {
  rule: ({ name, eventBusName }) => `${busNameOf(eventBusName)}/${name}`,
  alias: ({ functionName, alias }) => `${functionName}:${alias}`,
};
const FIELDS = Object.keys(RESOURCES) as ResourceField[];

/** The region's parts that the target's description has names for, by those. What serves of a function is its part's, too. */
function partsOf({ target, aws, inEffect }: Records): [string, Part][] {
  return FIELDS.flatMap((field) =>
    Object.entries(target[RESOURCES[field].among] ?? {}).map(([name, knownBy]): [string, Part] => {
      const id = IDS[field]?.(knownBy as never) ?? String(knownBy);
      const part = aws.parts.find((one) => one.field === field && one.id === id)!;
      const read = field === "function" ? () => ({ ...part.read(), inEffect: inEffect.get(id) }) : part.read;
      return [partName(field, name), { ...part, read }];
    }),
  );
}
