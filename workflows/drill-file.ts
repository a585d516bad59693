import { isCollection, isMap, isNode, isPair, LineCounter, parseDocument } from "yaml";
import { Drill } from "./drill.ts";
import { checkDurations } from "./plan.ts";
import { type Problem, toProblems } from "./problem.ts";

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
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const broken = document.errors[0];
  if (broken) {
    // One slip makes the parser stumble many times over: its first complaint is the one to look at.
    return { ok: false, problems: [{ path: [], message: `not YAML: ${broken.message}`, ...at(broken.pos[0]) }] };
  }
  const locate = (problems: Problem[]) =>
    problems
      .map((problem) => ({ ...problem, ...at(offsetOf(document.contents, problem.path)) }))
      .sort((a, b) => a.line - b.line);
  let raw: unknown;
  try {
    raw = document.toJS();
  } catch (error) {
    // An alias without its anchor, or so many that they would fill the memory, shows only now.
    return { ok: false, problems: [{ path: [], message: `not YAML: ${(error as Error).message}`, ...at(0) }] };
  }
  const parsed = Drill.safeParse(raw);
  if (!parsed.success)
    return { ok: false, problems: locate(parsed.error.issues.flatMap((issue) => toProblems(issue, raw))) };
  const problems = checkDurations(parsed.data);
  if (problems.length > 0) return { ok: false, problems: locate(problems) };
  return { ok: true, drill: parsed.data, raw, locate };
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
