import { join, relative, resolve } from "node:path";
import type { Lease } from "../../functions/lease/lease.ts";
import { type Rehearsed, rehearse } from "../../rehearsal/rehearse.ts";
import { conclusion } from "../../report/terminal.ts";
import type { Interference } from "../../stand-in/aws/operation.ts";
import { stacksFor } from "../../stand-in/gameday/target.ts";
import { planGameDay } from "../../workflows/plan.ts";
import type { Result } from "../../workflows/result.ts";
import type { Plan } from "../../workflows/state.ts";
import { type CheckedDrill, checkDrill, findDrill } from "../drills.ts";
import { EXIT, exitCodeOf, UserError } from "../exit-codes.ts";
import { interferenceOf } from "../interference.ts";
import { interruptible } from "../interruption.ts";
import { locateK6 } from "../k6.ts";
import { cleanUpAfterKilled } from "../killed.ts";
import { openLog } from "../log-file.ts";
import { paint, print, say } from "../output.ts";
import { Progress } from "../progress.ts";
import { newRegion, refuseQuarantined } from "../regions.ts";
import { MOST_STOLEN, measureStolenTime } from "../stolen-time.ts";

export interface RehearseCommandOptions {
  json?: boolean;
  out: string;
  fail: string[];
  target?: string;
  template?: string;
}

/** `gameday rehearse [drill]`: one whole game day on this machine. Returns the exit code. */
export async function rehearseCommand(nameOrPath: string, options: RehearseCommandOptions): Promise<number> {
  const rehearsed = await rehearseDrill(nameOrPath, options);
  if (!rehearsed) return EXIT.saysNothing;
  if (options.json && rehearsed.result) print(JSON.stringify(rehearsed.result, undefined, 2));
  else if (rehearsed.result) conclude(rehearsed, rehearsed.result);
  return exitCodeOf(rehearsed);
}

/** One whole game day, told to stderr as it goes. Undefined when it was interrupted before it began. */
export async function rehearseDrill(
  nameOrPath: string,
  options: RehearseCommandOptions,
): Promise<Rehearsed | undefined> {
  const checked = checkDrill(findDrill(nameOrPath), options);
  const interfere = interferenceOf(options.fail);
  const k6Path = k6();
  let tell = say;
  const interruption = interruptible((line) => tell(line));
  try {
    await cleanUpAfterKilled({ assembly: checked.assembly, k6Path });
    refuseQuarantined(checked.drill.target);
    if (interruption.signal.aborted) return undefined;
    const progress = new Progress(planOf(checked, new Date()));
    const stolenTime = measureStolenTime();
    tell = (line) => progress.line(line);
    try {
      const rehearsed = await begin(checked, { k6Path, interfere, progress, signal: interruption.signal }, options);
      progress.end();
      tellTroubles(rehearsed, checked.drill.target);
      // Who stopped it does not ask what it measured.
      if (!interruption.signal.aborted) tellStolen(stolenTime() ?? 0);
      return rehearsed;
    } finally {
      progress.end();
    }
  } finally {
    interruption.done();
  }
}

interface Means {
  readonly k6Path: string;
  readonly interfere: Interference;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const planOf = ({ drill, target }: CheckedDrill, startedAt: Date): Plan =>
  planGameDay(drill, target, { id: "preview", executionArn: "preview", startedAt, profile: "rehearsal" });

function begin(checked: CheckedDrill, means: Means, { out }: RehearseCommandOptions): Promise<Rehearsed> {
  const { drill, raw, assembly } = checked;
  const { progress, ...rest } = means;
  const startedAt = new Date();
  const { alarmPeriodSeconds } = planOf(checked, startedAt);
  const period = alarmPeriodSeconds === undefined ? {} : { alarmPeriodSeconds };
  const stamp = startedAt.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  const saved = newRegion(`${drill.name}-${stamp}`, {
    drill: drill.name,
    target: drill.target,
    reports: resolve(out),
    ...period,
  });
  const { id } = saved.description;
  const log = openLog(join(out, id));
  say(paint("bold", `${drill.title} (${drill.name} on ${drill.target}, rehearsed on this machine)`));
  return rehearse({
    ...rest,
    ...period,
    assembly: stacksFor(assembly, drill.target),
    id,
    input: { drill: raw, profile: "rehearsal" },
    outFolder: out,
    saved,
    onEvent: (execution, event) => {
      log.event(execution, event);
      progress.onEvent(event);
    },
    onAlarm: (change) => progress.onAlarm(change),
    onOutput: log.line,
  });
}

function k6(): string {
  try {
    return locateK6();
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

function tellTroubles(rehearsed: Rehearsed, target: string): void {
  const { result, error, status, changed, troubles } = rehearsed;
  for (const trouble of troubles) say(paint("yellow", `! ${trouble}`));
  if (changed.length > 0) say(paint("red", `! not as before: ${changed.join(", ")}`));
  if (rehearsed.lease) say(paint("red", keptAway(target, rehearsed.lease)));
  if (result) return;
  say(error ? `${error.name}: ${error.message}` : `The execution ended ${status}, before anything was touched.`);
}

/** Nobody can tell a slow system from a slow machine. */
function tellStolen(share: number): void {
  if (share <= MOST_STOLEN) return;
  const percent = Math.round(share * 100);
  say(
    paint(
      "yellow",
      `! other machines took ${percent} % of this one's processor time: do not trust its latencies, try again`,
    ),
  );
}

function conclude({ folder, transitions }: Rehearsed, result: Result): void {
  const colour = result.verdict === "passed" ? "green" : result.verdict === "failed" ? "red" : "yellow";
  const { sentence, byHand } = conclusion(result);
  print(paint(colour, sentence, process.stdout));
  if (byHand) print(byHand);
  print(`Report: ${relative(process.cwd(), join(folder, "report.html"))} (${transitions} state transitions)`);
}

/** Why the next game day will not begin, and what to do about it. */
const keptAway = (target: string, { quarantine }: Lease) =>
  quarantine === undefined
    ? `! ${target} is still held, because the safety net could not finish: the next start tries again.`
    : `! ${target} is in quarantine (${quarantine}). When it is in order again: gameday release ${target} --reason "…"`;
