import { existsSync, readdirSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { stacksFor, targetsOf } from "../stand-in/gameday/target.ts";
import { readGraph } from "../stand-in/read-graph.ts";
import { type Assembly, readAssembly } from "../stand-in/templates/cfn/assembly.ts";
import type { Graph } from "../stand-in/templates/cfn/graph.ts";
import { readUserTemplate } from "../stand-in/templates/user-template.ts";
import type { Drill } from "../workflows/drill.ts";
import { type DrillFile, type LocatedProblem, readDrill } from "../workflows/drill-file.ts";
import { checkAgainstTarget } from "../workflows/plan.ts";
import type { Target } from "../workflows/state.ts";
import { UserError } from "./exit-codes.ts";

const FOLDER = fileURLToPath(new URL("../workflows/drills/", import.meta.url));
const TEMPLATES = fileURLToPath(new URL("../cdk.out", import.meta.url));

export interface FoundDrill {
  /** Path from where the command runs, for messages. */
  readonly file: string;
  readonly text: string;
}

/** The shipped drills by name. */
export const shippedDrills = (): string[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.replace(/\.yaml$/, ""))
    .sort();

/** A shipped drill by its name, or one of the user's own by its path. */
export function findDrill(nameOrPath: string): FoundDrill {
  const shipped = `${FOLDER}${nameOrPath}.yaml`;
  const path = /^[a-z][a-z0-9-]*$/.test(nameOrPath) && existsSync(shipped) ? shipped : nameOrPath;
  if (!existsSync(path)) {
    throw new UserError(
      [
        `Expected the name of a drill or the path of a YAML file; found no "${nameOrPath}".`,
        "The shipped drills:",
        ...shippedDrills().map((name) => `  ${name}`),
      ].join("\n"),
    );
  }
  try {
    return { file: relative(process.cwd(), path), text: readFileSync(path, "utf8") };
  } catch (error) {
    throw new UserError(`Expected a YAML file; ${path} could not be read: ${(error as Error).message}.`);
  }
}

export interface CheckedDrill {
  readonly file: string;
  readonly drill: Drill;
  readonly raw: unknown;
  readonly target: Target;
  readonly assembly: Assembly;
}

export interface CheckOptions {
  /** Replaces the drill's own: systems that are alike share their drills. */
  readonly target?: string | undefined;
  /** A template of the user's own, which becomes the drill's target. */
  readonly template?: string | undefined;
}

/** A drill that is in order for its target as the synthesised templates describe it; or a list of what is wrong. */
export function checkDrill({ file, text }: FoundDrill, { target, template }: CheckOptions = {}): CheckedDrill {
  const read = withTarget(readDrill(text), target);
  if (!read.ok) throw problemsError(file, read.problems);
  const assembly = withTemplate(readAssembly(TEMPLATES), template, read.drill.target);
  const described = describedTarget(read, file, readGraph(assembly, "check"));
  const problems = checkAgainstTarget(read.drill, described);
  if (problems.length > 0) throw problemsError(file, read.locate(problems));
  return { file, drill: read.drill, raw: read.raw, target: described, assembly };
}

function withTemplate(assembly: Assembly, template: string | undefined, target: string): Assembly {
  if (template === undefined) return assembly;
  if (!existsSync(template)) throw new UserError(`Expected the template of a stack; found no file "${template}".`);
  const adopted = readUserTemplate(template, target);
  // The drill's target is the user's now, whatever else is called so.
  const others = stacksFor(assembly, "");
  return {
    ...others,
    stacks: [...others.stacks, ...adopted.stacks],
    files: new Map([...assembly.files, ...adopted.files]),
  };
}

/** The drill with another target than its own. */
export function withTarget(read: DrillFile, target: string | undefined): DrillFile {
  if (!read.ok || target === undefined) return read;
  return { ...read, drill: { ...read.drill, target }, raw: { ...(read.raw as object), target } };
}

/** Names of the targets that the synthesised templates describe. */
export const knownTargets = (): string[] => [...targetsOf(readGraph(readAssembly(TEMPLATES), "check")).keys()];

function describedTarget(read: DrillFile & { ok: true }, file: string, graph: Graph): Target {
  const targets = targetsOf(graph);
  const target = targets.get(read.drill.target);
  if (target) return target;
  const known = [...targets.keys()].join(", ");
  const message = `expected a target that a stack describes (${known}), found "${read.drill.target}"`;
  throw problemsError(file, read.locate([{ path: ["target"], message }]));
}

/** What is wrong with a file, a line each, as editors and people read it. */
export function problemsError(file: string, problems: readonly LocatedProblem[]): UserError {
  const lines = problems.map(({ line, column, path, message }) => {
    const where = path.length > 0 ? `${pathText(path)}: ` : "";
    return `  ${file}:${line}:${column}  ${where}${message}`;
  });
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return new UserError([`${file} has ${count}; nothing was touched:`, ...lines].join("\n"));
}

const pathText = (path: readonly (string | number)[]) =>
  path.map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`)).join("");
