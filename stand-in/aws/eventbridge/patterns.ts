import { TemplateError } from "../../templates/cfn/intrinsics.ts";

/** An event as EventBridge delivers it. */
export interface Event {
  readonly source: string;
  readonly "detail-type": string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** Whether the event matches the pattern (EventBridge user guide, "Event patterns"). An unknown comparison throws. */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  return fieldsOf(pattern).every(([key, expected]) => {
    if (key === "$or") return (expected as unknown[]).some((alternative) => matchesPattern(alternative, event));
    const value = isObject(event) ? event[key] : undefined;
    if (Array.isArray(expected)) return fieldMatches(expected, value);
    // Of a list of objects one has to match.
    const inner = Array.isArray(value) ? value.filter(isObject) : [value];
    return inner.some((candidate) => matchesPattern(expected, candidate));
  });
}

/** Throws for whatever in a pattern is not played. An event that gets so far may be long in coming. */
export function checkPattern(pattern: unknown): void {
  for (const [key, expected] of fieldsOf(pattern)) {
    if (key === "$or") (expected as unknown[]).forEach(checkPattern);
    else if (Array.isArray(expected)) for (const comparison of expected.filter(isObject)) compare(comparison, []);
    else checkPattern(expected);
  }
}

function fieldsOf(pattern: unknown): [string, unknown][] {
  if (isObject(pattern)) return Object.entries(pattern);
  throw new TemplateError(`An event pattern has to be an object, found ${JSON.stringify(pattern)}.`);
}

function fieldMatches(alternatives: readonly unknown[], value: unknown): boolean {
  // A list in the event matches when one of its members does.
  const values = Array.isArray(value) ? value : [value];
  return alternatives.some((alternative) =>
    isObject(alternative) ? compare(alternative, values) : values.some((candidate) => candidate === alternative),
  );
}

/** Comparisons that are played with one text alone. */
const TEXTUAL = new Set(["prefix", "suffix", "equals-ignore-case"]);

function compare(alternative: Record<string, unknown>, values: readonly unknown[]): boolean {
  const [[comparison, argument] = ["", undefined]] = Object.entries(alternative);
  const simple = Array.isArray(argument) ? !argument.some(isObject) : !isObject(argument);
  if (!simple || (TEXTUAL.has(comparison) && typeof argument !== "string")) {
    throw new TemplateError(`The comparison ${comparison} with ${JSON.stringify(argument)} is not played.`);
  }
  switch (comparison) {
    case "exists":
      return argument === values.some((value) => value !== undefined);
    case "prefix":
      return values.some((value) => typeof value === "string" && value.startsWith(String(argument)));
    case "suffix":
      return values.some((value) => typeof value === "string" && value.endsWith(String(argument)));
    case "anything-but":
      return values.some(
        (value) => value !== undefined && !(Array.isArray(argument) ? argument : [argument]).includes(value),
      );
    case "equals-ignore-case":
      return values.some(
        (value) => typeof value === "string" && value.toLowerCase() === String(argument).toLowerCase(),
      );
    case "numeric": {
      const pairs = pairsOf(argument);
      return values.some((value) => typeof value === "number" && isWithin(value, pairs));
    }
    default:
      throw new TemplateError(`The comparison ${comparison} of event patterns is not played.`);
  }
}

const NUMERIC: Record<string, (value: number, limit: number) => boolean> = {
  "=": (value, limit) => value === limit,
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
};

const isWithin = (value: number, pairs: readonly [string, number][]) =>
  pairs.every(([comparison, limit]) => NUMERIC[comparison]!(value, limit));

/** `[">=", 5, "<", 9]`: a comparison and a number each, all of which have to hold. */
function pairsOf(limits: unknown): [string, number][] {
  const list = Array.isArray(limits) ? limits : [];
  const pairs = Array.from({ length: list.length / 2 }, (_, index) => [list[2 * index], list[2 * index + 1]]);
  const known = pairs.every(([comparison, limit]) => String(comparison) in NUMERIC && typeof limit === "number");
  if (list.length === 0 || list.length % 2 !== 0 || !known) {
    throw new TemplateError(`The comparison numeric with ${JSON.stringify(limits)} is not played.`);
  }
  return pairs as [string, number][];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
