import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { wrap } from "../../report/terminal.ts";
import { isRunning, type ProcessMark } from "../../stand-in/persistence/process.ts";
import { RegionFolder } from "../../stand-in/persistence/region-folder.ts";
import { Result } from "../../workflows/result.ts";
import { EXIT, UserError } from "../exit-codes.ts";
import { logPath } from "../log-file.ts";
import { LogTail } from "../log-tail.ts";
import { print, say } from "../output.ts";
import { REGIONS, reportOf } from "../regions.ts";
import { oneOf } from "../running.ts";
import { whoAmI } from "../who.ts";

export interface AbortOptions {
  aws?: boolean;
  json?: boolean;
}

/** How often it is looked whether the rehearsal has ended. */
const LOOK_MS = 100;

/** `gameday abort [ID]`: stops a game day as StopExecution does, and waits until what it changed is back. Returns the exit code. */
export async function abortCommand(id: string | undefined, options: AbortOptions): Promise<number> {
  if (options.aws) {
    const { abortOnAws } = await import("../aws/abort.ts");
    return abortOnAws(id, whoAmI(), options);
  }
  const region = runningRegion(id);
  const tail = new LogTail(logPath(join(region.description.reports, region.description.id)));
  const owner = region.owner();
  if (owner) stop(region.description.id, owner);
  while (owner && isRunning(owner)) {
    for (const line of tail.news()) say(line);
    await sleep(LOOK_MS);
  }
  for (const line of tail.news()) say(line);
  return conclude(region, options);
}

function runningRegion(id: string | undefined): RegionFolder {
  const all = RegionFolder.list(REGIONS).regions;
  const running = all.filter((region) => region.standing() === "running");
  if (id === undefined) {
    return oneOf(
      running.map((region) => ({ ...region.description, region })),
      "rehearsal on this machine",
    ).region;
  }
  const found = running.find((region) => region.description.id === id);
  if (found) return found;
  const other = all.find((region) => region.description.id === id);
  throw new UserError(
    other
      ? `Expected rehearsal ${id} to be running; found it ${other.standing()}.`
      : `Expected rehearsal ${id} to be running; found none of that name under ${REGIONS}.`,
  );
}

/** What Ctrl-C in its terminal does. */
function stop(id: string, { pid }: ProcessMark): void {
  try {
    process.kill(pid, "SIGINT");
    say(`Asked ${id} (process ${pid}) to stop; it puts everything back first.`);
  } catch (error) {
    // It has ended by itself since: how is told below.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function conclude(region: RegionFolder, { json }: AbortOptions): number {
  const { id, target, reports } = region.description;
  const kept = RegionFolder.find(REGIONS, id);
  const result = resultIn(join(reports, id));
  if (result && json) print(JSON.stringify(result, undefined, 2));
  else if (result) print([...wrap(result.sentence), `Report: ${reportOf(region)}`].join("\n"));
  else print(`${id} was stopped before there was anything to report.`);
  if (kept?.description.quarantine) {
    say(`! ${target} is in quarantine: ${kept.description.quarantine.reason}`);
    return EXIT.notRestored;
  }
  if (kept) {
    say(`! its process ended before it had put everything back: gameday rehearse cleans up after it first.`);
    say(`  Its region is kept in ${relative(process.cwd(), kept.folder)}.`);
    return EXIT.notRestored;
  }
  return result?.restored.ok === false ? EXIT.notRestored : EXIT.passed;
}

function resultIn(folder: string): Result | undefined {
  const file = join(folder, "result.json");
  return existsSync(file) ? Result.parse(JSON.parse(readFileSync(file, "utf8"))) : undefined;
}
