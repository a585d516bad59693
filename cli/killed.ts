import { dirname } from "node:path";
import { type CleanedUp, type CleanUp, cleanUp } from "../rehearsal/clean-up.ts";
import { wrap } from "../report/terminal.ts";
import { stacksFor } from "../stand-in/gameday/target.ts";
import type { HostedRegionOptions } from "../stand-in/hosted-region.ts";
import { RegionFolder } from "../stand-in/persistence/region-folder.ts";
import { openLog } from "./log-file.ts";
import { paint, say } from "./output.ts";
import { REGIONS, reportOf } from "./regions.ts";

/** Cleans up after every rehearsal whose process is gone, and says so. What goes wrong in it keeps nobody from a new one. */
export async function cleanUpAfterKilled(host: Pick<HostedRegionOptions, "assembly" | "k6Path">): Promise<void> {
  const { regions, unreadable } = RegionFolder.list(REGIONS);
  for (const { folder, reason } of unreadable) {
    warn(`not a region that can be read: ${folder} (${reason}). Remove it if nothing runs there.`);
  }
  for (const region of regions) {
    if (region.standing() !== "abandoned" || !region.takeOver()) continue;
    const name = `The game day ${region.description.id} ${howItEnded(region)}`;
    say(paint("yellow", `${name}: cleaning up after it first.`));
    const log = openLog(dirname(reportOf(region)));
    const began = Date.now();
    const assembly = stacksFor(host.assembly, region.description.target);
    try {
      const done = await cleanUp(region, { ...host, assembly, onEvent: log.event, onOutput: log.line });
      tell(region, name, done, Math.round((Date.now() - began) / 1000));
    } catch (error) {
      warn(`it could not be cleaned up after: ${(error as Error).message}. It is kept in ${region.folder}.`);
    }
  }
}

const howItEnded = ({ description }: RegionFolder) => (description.unfinished ? "was not cleaned up" : "was killed");

function tell(region: RegionFolder, name: string, done: CleanUp, seconds: number): void {
  if (done.outcome === "in use") {
    warn("it is left alone: another process has its tables open.");
  } else if (done.outcome === "not hosted") {
    warn(`${name}, and the present templates cannot host its region any more: ${done.reason}`);
    say("Its load was ended and its region removed; nothing but the stand-in's own functions was changed in it.");
  } else {
    for (const trouble of done.troubles) warn(trouble);
    if (done.changed.length > 0) warn(`not as before: ${done.changed.join(", ")}`);
    const colour = done.outcome === "released" && done.changed.length === 0 ? "green" : "red";
    say(paint(colour, wrap(sentenceOf(name, region.description.target, done, seconds)).join("\n")));
    if (done.result) say(`Report: ${reportOf(region)}`);
  }
}

const warn = (text: string) => say(paint("yellow", `! ${text}`));

/** What became of it, in one sentence. */
export function sentenceOf(
  name: string,
  target: string,
  { outcome, held, lease }: Pick<CleanedUp, "outcome" | "held" | "lease">,
  seconds: number,
): string {
  if (outcome === "quarantined") {
    return `${name} and could not be put back: ${target} is in quarantine (${lease?.quarantine}).`;
  }
  if (outcome === "held") {
    return `${name} and still holds ${target}: the safety net could not finish. The next start tries again.`;
  }
  return held
    ? `${name} and still held ${target}: the safety net put everything back (${seconds} s).`
    : `${name} while it held nothing: there was nothing to put back.`;
}
