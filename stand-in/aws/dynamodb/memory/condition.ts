import { type Bindings, cached, type Expression, invalid, type Operand, Reader, resolve } from "./expression.ts";
import { compare, equal, type Item, notPlayed, typeOf, type Value } from "./values.ts";

export type Condition =
  | { readonly kind: "and" | "or"; readonly left: Condition; readonly right: Condition }
  | { readonly kind: "not"; readonly inner: Condition }
  | { readonly kind: "compare"; readonly operator: Operator; readonly operands: readonly [Operand, Operand] }
  | { readonly kind: "between"; readonly operands: readonly [Operand, Operand, Operand] }
  | { readonly kind: "begins_with"; readonly operands: readonly [Operand, Operand] }
  | { readonly kind: "attribute_exists" | "attribute_not_exists"; readonly operands: readonly [Operand] };

const OPERATORS = ["=", "<>", "<", "<=", ">", ">="] as const;
type Operator = (typeof OPERATORS)[number];

export interface ParsedCondition extends Expression {
  readonly condition: Condition;
}

/** A ConditionExpression, FilterExpression or KeyConditionExpression. */
export const parseCondition = cached((text: string): ParsedCondition => {
  const reader = new Reader(text);
  const condition = disjunction(reader);
  reader.end();
  return { condition, placeholders: [...reader.placeholders], checks: reader.checks };
});

function disjunction(reader: Reader): Condition {
  let left = conjunction(reader);
  while (reader.take("OR")) left = { kind: "or", left, right: conjunction(reader) };
  return left;
}

function conjunction(reader: Reader): Condition {
  let left = negation(reader);
  while (reader.take("AND")) left = { kind: "and", left, right: negation(reader) };
  return left;
}

function negation(reader: Reader): Condition {
  if (reader.take("NOT")) return { kind: "not", inner: simple(reader) };
  return simple(reader);
}

function simple(reader: Reader): Condition {
  if (reader.take("(")) {
    const inner = disjunction(reader);
    reader.expect(")");
    return inner;
  }
  if (reader.isCall()) return call(reader);
  const left = reader.operand();
  if (reader.take("BETWEEN")) return between(left, reader);
  if (reader.take("IN")) throw notPlayed("IN in conditions");
  const operator = OPERATORS.find((each) => reader.take(each));
  if (operator === undefined)
    throw invalid(`Syntax error: expected an operator, found "${reader.peek() ?? "the end"}"`);
  const operands = [left, reader.operand()] as const;
  distinct(operands, operator, reader);
  if (operator !== "=" && operator !== "<>") {
    for (const operand of operands) reader.demand(operand, ["S", "N"], operator);
  }
  return { kind: "compare", operator, operands };
}

function between(operand: Operand, reader: Reader): Condition {
  const low = reader.operand();
  reader.expect("AND");
  const high = reader.operand();
  for (const each of [operand, low, high]) reader.demand(each, ["S", "N"], "BETWEEN");
  reader.checks.push((bindings) => {
    if (!("value" in low && "value" in high)) return;
    const [from, to] = [bindings.value(low.value), bindings.value(high.value)];
    if (typeOf(from) !== typeOf(to)) throw invalid("The BETWEEN operator requires same data type for its bounds");
    if (compare(from, to) > 0) throw invalid("The BETWEEN operator requires upper bound not to be below lower bound");
  });
  return { kind: "between", operands: [operand, low, high] };
}

function call(reader: Reader): Condition {
  const { name, args } = reader.call(() => reader.operand());
  const [first, second] = args;
  switch (name) {
    case "attribute_exists":
    case "attribute_not_exists":
      if (args.length !== 1 || !first || !("path" in first)) throw invalid(`${name} takes one document path`);
      return { kind: name, operands: [first] };
    case "begins_with":
      if (args.length !== 2 || !first || !second) throw invalid(`${name} takes two operands`);
      distinct([first, second], name, reader);
      for (const operand of [first, second]) reader.demand(operand, ["S"], name);
      return { kind: name, operands: [first, second] };
    case "attribute_type":
    case "contains":
    case "size":
      throw notPlayed(`${name} in conditions`);
    default:
      throw invalid(`Invalid function name; function: ${name}`);
  }
}

function distinct([a, b]: readonly [Operand, Operand], by: string, reader: Reader): void {
  if (!("path" in a && "path" in b)) return;
  reader.checks.push((bindings) => {
    if (bindings.path(a.path).join("\n") === bindings.path(b.path).join("\n")) {
      throw invalid(`The first operand must be distinct from the remaining operands for ${by}`);
    }
  });
}

/** Whether the condition holds for an item. What is not there compares to nothing, and is unequal to everything. */
export function holds(condition: Condition, item: Item, bindings: Bindings): boolean {
  switch (condition.kind) {
    case "and":
      return holds(condition.left, item, bindings) && holds(condition.right, item, bindings);
    case "or":
      return holds(condition.left, item, bindings) || holds(condition.right, item, bindings);
    case "not":
      return !holds(condition.inner, item, bindings);
  }
  const values = condition.operands.map((operand) => resolve(operand, item, bindings));
  const [first, second, third] = values;
  switch (condition.kind) {
    case "attribute_exists":
      return first !== undefined;
    case "attribute_not_exists":
      return first === undefined;
    case "begins_with":
      return typeof first === "string" && typeof second === "string" && first.startsWith(second);
    case "between":
      return (
        ordered(first, second) && ordered(first, third) && compare(second!, first!) <= 0 && compare(first!, third!) <= 0
      );
    case "compare":
      return compares(condition.operator, first, second);
  }
}

function compares(operator: Operator, a: Value | undefined, b: Value | undefined): boolean {
  if (operator === "=") return equal(a, b);
  if (operator === "<>") return !equal(a, b);
  if (!ordered(a, b)) return false;
  const order = compare(a!, b!);
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

const ordered = (a: Value | undefined, b: Value | undefined): boolean =>
  (typeof a === "string" && typeof b === "string") || (typeof a === "number" && typeof b === "number");

/** The first part of every path in the condition. */
export function attributesOf(condition: Condition, bindings: Bindings): string[] {
  switch (condition.kind) {
    case "and":
    case "or":
      return [...attributesOf(condition.left, bindings), ...attributesOf(condition.right, bindings)];
    case "not":
      return attributesOf(condition.inner, bindings);
    default:
      return condition.operands.flatMap((operand) => ("path" in operand ? bindings.path(operand.path)[0]! : []));
  }
}
