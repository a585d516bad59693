import { measureText } from "../../analysis/objectives.ts";
import type { Rehearsed } from "../../rehearsal/rehearse.ts";
import { table } from "../../report/terminal.ts";
import type { FaultResult, Result } from "../../workflows/result.ts";
import { shippedDrills } from "../drills.ts";
import { EXIT, exitCodeOf, UserError } from "../exit-codes.ts";
import { paint, print, say } from "../output.ts";
import { type RehearseCommandOptions, rehearseDrill } from "./rehearse.ts";

/** How bad an exit code is, the worst first: what needs somebody now, what nobody tested, what was found. */
const WORST_FIRST = [EXIT.notRestored, EXIT.wrongInput, EXIT.saysNothing, EXIT.failed, EXIT.passed];

/** `gameday rehearse --all`: every shipped drill, one after another. Returns the worst of their exit codes. */
export async function rehearseAllCommand(options: RehearseCommandOptions): Promise<number> {
  if (options.target !== undefined || options.template !== undefined) {
    throw new UserError("Expected --all alone: --target and --template are for one drill.");
  }
  const drills = shippedDrills();
  const results: Result[] = [];
  const rows: string[][] = [];
  const codes: number[] = [];
  for (const [index, drill] of drills.entries()) {
    say(paint("dim", `${index + 1} of ${drills.length}: ${drill}`));
    const rehearsed = await attempt(drill, options);
    // Ctrl-C ends the whole round, and not only the drill that runs.
    const interrupted = !rehearsed || rehearsed.status === "ABORTED";
    if (rehearsed?.result) results.push(rehearsed.result);
    rows.push(...rowsOf(drill, rehearsed));
    codes.push(rehearsed ? exitCodeOf(rehearsed) : EXIT.saysNothing);
    if (interrupted) break;
  }
  const summary = table(["drill", "proven", "undone", "put back", "verdict", "effect on the load"], rows);
  if (options.json) {
    say(summary);
    print(JSON.stringify(results, undefined, 2));
  } else print(summary);
  return WORST_FIRST.find((code) => codes.includes(code)) ?? EXIT.passed;
}

type Attempt = Pick<Rehearsed, "status" | "result" | "error" | "changed">;

/** A drill that cannot even begin does not keep the others from being rehearsed. */
async function attempt(drill: string, options: RehearseCommandOptions): Promise<Attempt | undefined> {
  try {
    return await rehearseDrill(drill, options);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(error.message);
    return { status: "FAILED", result: undefined, error, changed: [] };
  }
}

/** One row for each fault. */
function rowsOf(drill: string, rehearsed: Attempt | undefined): string[][] {
  const { result } = rehearsed ?? {};
  if (!result) return [[drill, "–", "–", "–", rehearsed ? "refused" : "interrupted", ""]];
  const putBack = result.restored.ok ? "✓" : "✗";
  return result.faults.map((fault) => [
    result.faults.length > 1 ? `${drill}/${fault.name}` : drill,
    fault.injectedAt ? "✓" : "✗",
    fault.undoneAt ? "✓" : "✗",
    putBack,
    result.verdict,
    effectOf(fault),
  ]);
}

/** `p99 31 ms → 312 ms, failed 0 % → 2 %` */
function effectOf({ measures }: FaultResult): string {
  const change = (name: string, label: string) => {
    const measure = measures.find((one) => one.name === name);
    if (measure?.value === undefined) return [];
    return [`${label} ${measureText(measure.baseline, measure.unit)} → ${measureText(measure.value, measure.unit)}`];
  };
  return [...change("load-p99", "p99"), ...change("load-failed", "failed")].join(", ") || "nothing measured";
}
