import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { comparisonOf } from "../../report/comparison.ts";
import { comparisonPage } from "../../report/comparison-page.ts";
import { comparisonTable } from "../../report/terminal.ts";
import { Result } from "../../workflows/result.ts";
import { EXIT, UserError } from "../exit-codes.ts";
import { print } from "../output.ts";

export interface CompareOptions {
  json?: boolean;
  reports: string;
}

const MOST = 4;

/** `gameday compare`: game days side by side, on the terminal and as a page. Returns the exit code. */
export function compareCommand(named: readonly string[], { json, reports }: CompareOptions): number {
  const results = named.length === 1 ? newestOfEachTarget(named[0]!, reports) : named.map((one) => read(one, reports));
  if (results.length > MOST) throw new UserError(`Expected at most ${MOST} game days, found ${results.length}.`);
  const comparison = comparisonOf(results);
  const { columns, rows } = comparison;
  if (json) {
    print(
      JSON.stringify({ columns, results: results.map(({ id, verdict }) => ({ id, verdict })), rows }, undefined, 2),
    );
    return EXIT.passed;
  }
  print(comparisonTable(comparison));
  const file = join(reports, `comparison-${results.map(({ id }) => id).join("-and-")}.html`);
  writeFileSync(file, comparisonPage(comparison));
  print(`Page: ${relative(process.cwd(), file)}`);
  return EXIT.passed;
}

/** A game day by its id, or by the path of its result.json. */
function read(named: string, reports: string): Result {
  const path = [join(reports, named, "result.json"), named].find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw new UserError(`Expected the id of a game day in ${reports} or the path of a result.json, found "${named}".`);
  }
  const parsed = Result.safeParse(jsonOf(path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UserError(`Expected a result.json in ${path}; ${issue?.path.join(".")}: ${issue?.message}.`);
}

function jsonOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UserError(`Expected a result.json in ${path}: ${(error as Error).message}.`);
  }
}

/** Of one drill the newest game day on each target. */
function newestOfEachTarget(drill: string, reports: string): Result[] {
  const folders = existsSync(reports) ? readdirSync(reports) : [];
  const results = folders
    .filter((folder) => folder.startsWith(`${drill}-`) && existsSync(join(reports, folder, "result.json")))
    .map((folder) => read(folder, reports))
    .filter((result) => result.drill === drill)
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  const newest = [...new Map(results.map((result) => [result.target, result])).values()];
  if (newest.length >= 2) return newest;
  const found = newest.length === 0 ? "none" : `one, on ${newest[0]!.target}`;
  throw new UserError(
    `Expected game days of drill "${drill}" on two targets or more in ${reports}, found ${found}. Run gameday rehearse ${drill} --target …, or give the ids of the game days.`,
  );
}
