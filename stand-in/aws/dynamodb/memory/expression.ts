import { ServiceError } from "../../operation.ts";
import { type Item, notPlayed, typeOf, type Value, type ValueType } from "./values.ts";

export const invalid = (message: string): ServiceError => new ServiceError("ValidationException", message);

/** The way to an attribute as it is written: each part a name or a `#placeholder`. */
export type Path = readonly string[];
export type Operand = { readonly path: Path } | { readonly value: string };

/** What a call puts in the place of `#names` and `:values`. */
export class Bindings {
  readonly #names: Readonly<Record<string, string>>;
  readonly #values: Item;
  constructor(names: Readonly<Record<string, string>> = {}, values: Item = {}) {
    this.#names = names;
    this.#values = values;
  }

  path(path: Path): string[] {
    return path.map((part) => (part.startsWith("#") ? this.#names[part]! : part));
  }

  value(name: string): Value {
    return this.#values[name]!;
  }

  /** Every placeholder has to be defined, and whatever is defined has to be used, by one expression of the call at least. */
  check(expressions: readonly Expression[]): void {
    const defined = new Set([...Object.keys(this.#names), ...Object.keys(this.#values)]);
    const used = new Set(expressions.flatMap(({ placeholders }) => placeholders));
    for (const each of used) if (!defined.has(each)) throw invalid(`${each} is used in an expression and not defined`);
    for (const each of defined) if (!used.has(each)) throw invalid(`${each} is defined and not used in any expression`);
    for (const { checks } of expressions) for (const check of checks) check(this);
  }
}

/** What every kind of expression tells about itself. */
export interface Expression {
  readonly placeholders: readonly string[];
  /** What can be wrong with it whatever the item is, once its placeholders are known. */
  readonly checks: readonly ((bindings: Bindings) => void)[];
}

/** The attribute at the end of a path, if there is one. */
export function valueAt(item: Item, path: readonly string[]): Value | undefined {
  let value: Value | undefined = item;
  for (const part of path) {
    if (value === null || typeof value !== "object" || Array.isArray(value)) return undefined;
    value = Object.hasOwn(value, part) ? value[part] : undefined;
    if (value === undefined) return undefined;
  }
  return value;
}

export const resolve = (operand: Operand, item: Item, bindings: Bindings): Value | undefined =>
  "value" in operand ? bindings.value(operand.value) : valueAt(item, bindings.path(operand.path));

const TOKEN = /\s*([A-Za-z_]\w*|[#:]\w+|<>|<=|>=|[^\s\w])/y;

/** Reads an expression token by token and remembers what it uses. */
export class Reader {
  readonly placeholders = new Set<string>();
  readonly checks: ((bindings: Bindings) => void)[] = [];
  readonly #text: string;
  readonly #tokens: string[] = [];
  #next = 0;

  constructor(text: string) {
    this.#text = text.trim();
    let at = 0;
    while (at < this.#text.length) {
      TOKEN.lastIndex = at;
      const [all, token] = TOKEN.exec(this.#text) ?? [];
      // A digit where a token begins can only be an index, and brackets are refused before it matters.
      if (all === undefined || token === undefined) throw invalid(`Syntax error in "${text}"`);
      if (token === "[") throw notPlayed(`list indexes ("${text}")`);
      this.#tokens.push(token);
      at += all.length;
    }
  }

  peek(ahead = 0): string | undefined {
    return this.#tokens[this.#next + ahead];
  }

  /** Takes the next token if it is this one; keywords in any case. */
  take(token: string): boolean {
    if (this.peek()?.toUpperCase() !== token) return false;
    this.#next++;
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) throw this.#unexpected();
  }

  end(): void {
    if (this.peek() !== undefined) throw this.#unexpected();
  }

  isCall(): boolean {
    return /^[a-z]/.test(this.peek() ?? "") && this.peek(1) === "(";
  }

  /** The name of a function and its arguments. */
  call<Argument>(argument: () => Argument): { name: string; args: Argument[] } {
    const name = this.#tokens[this.#next++]!;
    this.expect("(");
    const args = [argument()];
    while (this.take(",")) args.push(argument());
    this.expect(")");
    return { name, args };
  }

  operand(): Operand {
    if (!this.peek()?.startsWith(":")) return { path: this.path() };
    return { value: this.#placeholder() };
  }

  path(): Path {
    const parts = [this.#part()];
    while (this.take(".")) parts.push(this.#part());
    return parts;
  }

  /** A literal value that stands here has to be of one of these types. */
  demand(operand: Operand, types: readonly ValueType[], by: string): void {
    if (!("value" in operand)) return;
    this.checks.push((bindings) => {
      const type = typeOf(bindings.value(operand.value));
      if (!types.includes(type)) throw invalid(`Incorrect operand type for operator or function ${by}: ${type}`);
    });
  }

  #part(): string {
    const token = this.peek();
    if (token?.startsWith("#")) return this.#placeholder();
    if (token === undefined || !/^[A-Za-z_]/.test(token)) throw this.#unexpected();
    this.#next++;
    return token;
  }

  #placeholder(): string {
    const token = this.#tokens[this.#next++]!;
    if (token.length < 2) throw this.#unexpected();
    this.placeholders.add(token);
    return token;
  }

  #unexpected(): Error {
    return invalid(`Syntax error in "${this.#text}" near "${this.peek() ?? "its end"}"`);
  }
}

/** Parses each text once: the same few expressions come again and again. */
export function cached<Parsed>(parse: (text: string) => Parsed): (text: string) => Parsed {
  const known = new Map<string, Parsed>();
  return (text) => {
    let parsed = known.get(text);
    if (parsed === undefined) {
      parsed = parse(text);
      known.set(text, parsed);
    }
    return parsed;
  };
}
