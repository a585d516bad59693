import { appendFileSync, mkdirSync } from "node:fs";
import { join, relative } from "node:path";
import pc from "picocolors";
import { type Rehearsed, rehearse } from "../../rehearsal/rehearse.ts";
import { planGameDay } from "../../workflows/plan.ts";
import { checkDrill, findDrill } from "../drills.ts";
import { EXIT, UserError } from "../exit-codes.ts";
import { interferenceOf } from "../interference.ts";
import { locateK6 } from "../k6.ts";
import { print, say, wrap } from "../output.ts";
import { Progress } from "../progress.ts";

export interface RehearseCommandOptions {
  json?: boolean;
  out: string;
  fail: string[];
}

/** Errors that mean that nothing was touched because something was not as it has to be. */
const SET_UP_ERRORS = new Set(["Refused", "TargetNotFree", "NotReady", "Misconfigured"]);

/** `gameday rehearse [drill]`: one whole game day on this machine. Returns the exit code. */
export async function rehearseCommand(nameOrPath: string, options: RehearseCommandOptions): Promise<number> {
  const { drill, raw, target, assembly } = checkDrill(findDrill(nameOrPath));
  const interfere = interferenceOf(options.fail);
  const k6Path = k6();
  const startedAt = new Date();
  const id = `${drill.name}-${startedAt.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-")}`;
  const plan = planGameDay(drill, target, { id, executionArn: "preview", startedAt, profile: "rehearsal" });

  say(pc.bold(`${drill.title} (${drill.name} on ${drill.target}, rehearsed on this machine)`));
  const progress = new Progress(plan);
  const log = logFile(join(options.out, id));
  const interruption = interruptible(progress);
  try {
    const rehearsed = await rehearse({
      assembly,
      id,
      input: { drill: raw, profile: "rehearsal" },
      k6Path,
      ...(plan.alarmPeriodSeconds === undefined ? {} : { alarmPeriodSeconds: plan.alarmPeriodSeconds }),
      outFolder: options.out,
      interfere,
      onEvent: (execution, event) => {
        log(execution, JSON.stringify({ ...event, output: undefined }));
        progress.onEvent(event);
      },
      onAlarm: (change) => progress.onAlarm(change),
      onOutput: log,
      signal: interruption.signal,
    });
    progress.end();
    conclude(rehearsed, options);
    return exitCodeOf(rehearsed);
  } finally {
    progress.end();
    interruption.done();
  }
}

function k6(): string {
  try {
    return locateK6();
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

/** Ctrl-C stops the execution, as StopExecution does on AWS; what follows is the safety net's. */
function interruptible(progress: Progress): { signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const stop = () => {
    const first = !controller.signal.aborted;
    controller.abort();
    progress.line(
      pc.yellow(
        first
          ? "Stopped: the safety net puts everything back now."
          : "Still putting everything back; this takes a few seconds.",
      ),
    );
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  return {
    signal: controller.signal,
    done: () => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, stop);
    },
  };
}

/** What functions, load tasks and executions wrote, for whoever has to find out why. */
function logFile(folder: string): (source: string, line: string) => void {
  mkdirSync(folder, { recursive: true });
  return (source, line) =>
    appendFileSync(join(folder, "rehearsal.log"), `${new Date().toISOString()} ${source} ${line}\n`);
}

function conclude(rehearsed: Rehearsed, { json }: RehearseCommandOptions): void {
  const { result, error, folder, status, transitions, changed, troubles } = rehearsed;
  for (const trouble of troubles) say(pc.yellow(`! ${trouble}`));
  if (changed.length > 0) say(pc.red(`! not as before: the environment of ${changed.join(", ")}`));
  if (!result) {
    say(error ? `${error.name}: ${error.message}` : `The execution ended ${status}, before anything was touched.`);
    return;
  }
  if (json) {
    print(JSON.stringify(result, undefined, 2));
    return;
  }
  const colour = result.verdict === "passed" ? pc.green : result.verdict === "failed" ? pc.red : pc.yellow;
  print(colour(wrap(result.sentence).join("\n")));
  if (result.restored.byHand.length > 0) {
    print(
      ["", "NOT RESTORED. To put it back by hand:", ...result.restored.byHand.map((command) => `  ${command}`)].join(
        "\n",
      ),
    );
  }
  print(`Report: ${relative(process.cwd(), join(folder, "report.html"))} (${transitions} state transitions)`);
}

export function exitCodeOf({ status, result, error, changed }: Rehearsed): number {
  if (result?.restored.ok === false || changed.length > 0) return EXIT.notRestored;
  if (!result) return status === "ABORTED" ? EXIT.saysNothing : EXIT.wrongInput;
  if (error && SET_UP_ERRORS.has(error.name)) return EXIT.wrongInput;
  return { passed: EXIT.passed, failed: EXIT.failed, invalid: EXIT.saysNothing, aborted: EXIT.saysNothing }[
    result.verdict
  ];
}
