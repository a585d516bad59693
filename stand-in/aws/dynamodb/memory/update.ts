import {
  type Bindings,
  cached,
  type Expression,
  invalid,
  type Operand,
  type Path,
  Reader,
  resolve,
} from "./expression.ts";
import { copy, type Item, notPlayed, type Value } from "./values.ts";

type Source =
  | Operand
  | { readonly kind: "+" | "-"; readonly args: readonly [Source, Source] }
  | { readonly kind: "if_not_exists" | "list_append"; readonly args: readonly [Source, Source] };

interface Assignment {
  readonly path: Path;
  /** Absent: the attribute is removed. */
  readonly source?: Source;
}

export interface ParsedUpdate extends Expression {
  readonly assignments: readonly Assignment[];
}

/** An UpdateExpression with SET and REMOVE. */
export const parseUpdate = cached((text: string): ParsedUpdate => {
  const reader = new Reader(text);
  const assignments: Assignment[] = [];
  const seen = new Set<string>();
  do {
    const clause = ["SET", "REMOVE", "ADD", "DELETE"].find((each) => reader.take(each));
    if (clause === undefined) throw invalid(`Syntax error in "${text}": expected SET or REMOVE`);
    if (clause === "ADD" || clause === "DELETE") throw notPlayed(`${clause} in updates`);
    if (seen.has(clause)) throw invalid(`The "${clause}" section can only be used once in an update expression`);
    seen.add(clause);
    do assignments.push(clause === "SET" ? assignment(reader) : { path: reader.path() });
    while (reader.take(","));
  } while (reader.peek() !== undefined);
  reader.checks.push((bindings) => apart(assignments.map(({ path }) => bindings.path(path))));
  return { assignments, placeholders: [...reader.placeholders], checks: reader.checks };
});

function assignment(reader: Reader): Assignment {
  const path = reader.path();
  reader.expect("=");
  return { path, source: sum(reader) };
}

function sum(reader: Reader): Source {
  const left = source(reader);
  const kind = (["+", "-"] as const).find((each) => reader.take(each));
  if (kind === undefined) return left;
  const args = [left, source(reader)] as const;
  for (const each of args) if (!("kind" in each)) reader.demand(each, ["N"], kind);
  return { kind, args };
}

function source(reader: Reader): Source {
  if (!reader.isCall()) return reader.operand();
  const { name, args } = reader.call(() => source(reader));
  const [first, second] = args;
  if (name !== "if_not_exists" && name !== "list_append") throw invalid(`Invalid function name; function: ${name}`);
  if (args.length !== 2 || !first || !second) throw invalid(`${name} takes two operands`);
  if (name === "if_not_exists" && !("path" in first)) throw invalid(`${name} requires a document path`);
  if (name === "list_append") for (const each of args) if (!("kind" in each)) reader.demand(each, ["L"], name);
  return { kind: name, args: [first, second] };
}

function apart(paths: readonly string[][]): void {
  for (const [index, a] of paths.entries()) {
    for (const b of paths.slice(index + 1)) {
      const shared = Math.min(a.length, b.length);
      if (a.slice(0, shared).every((part, at) => part === b[at])) {
        throw invalid(`Two document paths overlap with each other: ${a.join(".")}, ${b.join(".")}`);
      }
    }
  }
}

/** The item after the update. Everything is read from the item as it was, which stays as it is. */
export function updated(old: Item, { assignments }: ParsedUpdate, bindings: Bindings): Item {
  const values = assignments.map(({ source }) => (source === undefined ? undefined : evaluate(source, old, bindings)));
  const item = copy(old) as Item;
  for (const [index, { path }] of assignments.entries()) {
    const parts = bindings.path(path);
    const parent = parentOf(item, parts);
    const value = values[index];
    if (value === undefined) delete parent[parts.at(-1)!];
    else parent[parts.at(-1)!] = value;
  }
  return item;
}

function parentOf(item: Item, parts: readonly string[]): Item {
  const parent = parts.slice(0, -1).reduce<Value | undefined>((value, part) => {
    const inMap = value !== null && typeof value === "object" && !Array.isArray(value) && Object.hasOwn(value, part);
    return inMap ? value[part] : undefined;
  }, item);
  if (parent === undefined || parent === null || typeof parent !== "object" || Array.isArray(parent)) {
    throw invalid("The document path provided in the update expression is invalid for update");
  }
  return parent;
}

function evaluate(source: Source, item: Item, bindings: Bindings): Value {
  const value = "kind" in source ? compute(source, item, bindings) : resolve(source, item, bindings);
  if (value === undefined)
    throw invalid("The provided expression refers to an attribute that does not exist in the item");
  return value;
}

function compute({ kind, args: [a, b] }: Extract<Source, { kind: string }>, item: Item, bindings: Bindings): Value {
  if (kind === "if_not_exists") {
    const there = resolve(a as Operand, item, bindings);
    return there === undefined ? evaluate(b, item, bindings) : there;
  }
  const [first, second] = [evaluate(a, item, bindings), evaluate(b, item, bindings)];
  if (kind === "list_append") {
    if (!Array.isArray(first) || !Array.isArray(second)) throw wrongType();
    return [...first, ...second];
  }
  if (typeof first !== "number" || typeof second !== "number") throw wrongType();
  return decimal(kind === "+" ? first + second : first - second);
}

const wrongType = () => invalid("An operand in the update expression has an incorrect data type");

/** DynamoDB counts in decimals, so that 0.1 + 0.2 is 0.3. */
const decimal = (value: number): number => (Number.isInteger(value) ? value : Number(value.toPrecision(15)));
