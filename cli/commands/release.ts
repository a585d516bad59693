import { appendFileSync } from "node:fs";
import { join } from "node:path";
import type { QuarantineRelease } from "../../functions/lease/lease.ts";
import { NotReady } from "../../functions/runtime/errors.ts";
import { releaseIn } from "../../rehearsal/quarantine-release.ts";
import { wrap } from "../../report/terminal.ts";
import { whyTablesAreShut } from "../../stand-in/aws/dynamodb/level.ts";
import { RegionFolder } from "../../stand-in/persistence/region-folder.ts";
import { knownTargets } from "../drills.ts";
import { EXIT, UserError } from "../exit-codes.ts";
import { print, say } from "../output.ts";
import { REGIONS } from "../regions.ts";
import { whoAmI } from "../who.ts";

export interface ReleaseOptions {
  reason?: string;
  by?: string;
  aws?: boolean;
  json?: boolean;
}

/** Every release on this machine, a line of JSON each. */
const RECORD = join(".gameday", "releases.jsonl");

type Recorded = QuarantineRelease & { target: string };

/** `gameday release TARGET`: a person says that a quarantined target is in order again. Returns the exit code. */
export async function releaseCommand(target: string, options: ReleaseOptions): Promise<number> {
  const reason = options.reason?.trim();
  if (!reason) {
    throw new UserError(
      "Expected --reason TEXT; found none: who releases a target, when and why is kept on record. Nothing was touched.",
    );
  }
  const release = { by: options.by ?? whoAmI(), reason };
  const released = options.aws ? [await onAws(target, release)] : await onThisMachine(target, release);
  if (options.json) print(JSON.stringify(released, undefined, 2));
  else for (const each of released) print(wrap(sentenceOf(each)).join("\n"));
  say(options.aws ? `On record in ${target}'s item of the lease table.` : `On record in ${RECORD}.`);
  return EXIT.passed;
}

const sentenceOf = ({ target, by, reason, holder, quarantine }: Recorded) =>
  `${target} is released by ${by}: ${reason}. It was in quarantine since game day ${holder}: ${quarantine}.`;

async function onAws(target: string, release: { by: string; reason: string }): Promise<Recorded> {
  const { releaseOnAws } = await import("../aws/release.ts");
  return { target, ...(await orUserError(() => releaseOnAws(target, release))) };
}

/** Two rehearsals at the same time may both have left the target in quarantine: one person's word is for it, not for them. */
async function onThisMachine(target: string, release: { by: string; reason: string }): Promise<Recorded[]> {
  const released: Recorded[] = [];
  for (const region of quarantinedRegions(target)) {
    if (!region.takeOver()) {
      throw new UserError(`Expected ${region.folder} to be nobody's; another process is at it. Try again.`);
    }
    const shut = await whyTablesAreShut(region.tables);
    if (shut) throw new UserError(`Expected to read the tables in ${region.tables}; found: ${shut.reason}.`);
    const recorded = { target, ...(await orUserError(() => releaseIn(region, release))) };
    appendFileSync(RECORD, `${JSON.stringify(recorded)}\n`);
    region.remove();
    released.push(recorded);
  }
  return released;
}

function quarantinedRegions(target: string): RegionFolder[] {
  const { regions } = RegionFolder.list(REGIONS);
  const quarantined = regions.filter((region) => region.standing() === "quarantined");
  const found = quarantined.filter(({ description }) => description.target === target);
  if (found.length > 0) return found;
  const others = [...new Set(quarantined.map(({ description }) => description.target))];
  const killed = regions.filter((region) => region.standing() === "abandoned" && region.description.target === target);
  throw new UserError(
    [
      `Expected a target that is in quarantine on this machine; found ${whatIs(target)}.`,
      others.length > 0 ? `In quarantine: ${others.join(", ")}.` : "No target is in quarantine.",
      ...killed.map(({ description }) => `Game day ${description.id} was killed: gameday rehearse cleans up after it.`),
    ].join("\n"),
  );
}

function whatIs(target: string): string {
  const known = knownTargets();
  return known.includes(target)
    ? `"${target}", which is not`
    : `"${target}", which no stack describes (${known.join(", ")})`;
}

async function orUserError<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof NotReady) throw new UserError(error.message);
    throw error;
  }
}
