import { isCollection, isMap, isNode, isPair, LineCounter, parseDocument } from "yaml";
import type { $ZodIssue } from "zod/v4/core";
import { Drill } from "./drill.ts";
import { checkDurations, type Problem } from "./plan.ts";

/** A problem with the place in the file where it stands; line and column count from 1. */
export interface LocatedProblem extends Problem {
  line: number;
  column: number;
}

/** A drill read from YAML, with a way to find the line of anything in it; or what is wrong with the text. */
export type DrillFile =
  | { ok: true; drill: Drill; raw: unknown; locate(problems: Problem[]): LocatedProblem[] }
  | { ok: false; problems: LocatedProblem[] };

/** Reads a drill from YAML text. Never throws on bad text: it says what is wrong, in the order of the lines. */
export function readDrill(text: string): DrillFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: document.errors.map((error) => ({
        path: [],
        message: `not YAML: ${error.message}`,
        ...at(error.pos[0]),
      })),
    };
  }
  const locate = (problems: Problem[]) =>
    problems
      .map((problem) => ({ ...problem, ...at(offsetOf(document.contents, problem.path)) }))
      .sort((a, b) => a.line - b.line);
  const raw: unknown = document.toJS();
  const parsed = Drill.safeParse(raw);
  if (!parsed.success)
    return { ok: false, problems: locate(parsed.error.issues.flatMap((issue) => toProblems(issue, raw))) };
  const problems = checkDurations(parsed.data);
  if (problems.length > 0) return { ok: false, problems: locate(problems) };
  return { ok: true, drill: parsed.data, raw, locate };
}

/** zod's issue as sentences that say what was expected and what was found. */
export function toProblems(issue: $ZodIssue, raw: unknown): Problem[] {
  const path = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
  if (issue.code === "unrecognized_keys") {
    const siblings = Object.keys(valueAt(raw, path) ?? {}).filter((key) => !issue.keys.includes(key));
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key "${key}"; beside it stand ${siblings.join(", ") || "no known keys"} (see drill.schema.json for all)`,
    }));
  }
  const found = valueAt(raw, path);
  // zod's own sentences begin differently ("Too small: expected number to be >0"): keep what they expected.
  const sentence = /expected.*/.exec(issue.message)?.[0].replace(/, received.*$/, "") ?? `expected: ${issue.message}`;
  if (found === undefined) return [{ path, message: `missing: ${sentence}` }];
  return [{ path, message: `${sentence}, found ${shorten(JSON.stringify(found))}` }];
}

const shorten = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}...` : text);

function valueAt(value: unknown, path: readonly PropertyKey[]): object | undefined {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value) as
    | object
    | undefined;
}

/** The offset of the deepest part of the path that the text has, preferring the key to the value. */
function offsetOf(contents: unknown, path: readonly (string | number)[]): number {
  let node: unknown = contents;
  let offset = 0;
  for (const key of path) {
    if (!isCollection(node)) break;
    const pair = isMap(node)
      ? node.items.find((item) => isPair(item) && isNode(item.key) && String(item.key) === String(key))
      : undefined;
    if (pair && isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
    const next: unknown = pair ? pair.value : node.get(key, true);
    if (!isNode(next)) break;
    if (!pair) offset = next.range?.[0] ?? offset;
    node = next;
  }
  return offset;
}
