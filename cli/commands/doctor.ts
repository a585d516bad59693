import { execFileSync } from "node:child_process";
import { GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import { table } from "../../report/terminal.ts";
import { RegionFolder } from "../../stand-in/persistence/region-folder.ts";
import { readDrill } from "../../workflows/drill-file.ts";
import { PARAMETERS } from "../../workflows/names.ts";
import { DEVOPS_GURU_NOTICE } from "../../workflows/notices.ts";
import { sentenceOf } from "../aws/explain.ts";
import { awsConfiguration, readSystem } from "../aws/system.ts";
import { checkDrill, findDrill, knownTargets, shippedDrills } from "../drills.ts";
import { EXIT, UserError } from "../exit-codes.ts";
import { locateK6 } from "../k6.ts";
import { print } from "../output.ts";
import { REGIONS } from "../regions.ts";

export interface DoctorOptions {
  aws?: boolean;
  json?: boolean;
}

/** One thing that a game day needs. `bad` keeps game days from running, `note` is worth knowing. */
interface Finding {
  readonly what: string;
  readonly state: "ok" | "note" | "bad";
  readonly detail: string;
}

const MARKS = { ok: "✓", note: "!", bad: "✗" };

/** `gameday doctor`: looks at everything that game days need, and changes nothing. Returns the exit code. */
export async function doctorCommand({ aws, json }: DoctorOptions): Promise<number> {
  const findings = [
    look("Node.js", () => process.version),
    look("k6", () => execFileSync(locateK6(), ["version"], { encoding: "utf8" }).split(" (")[0]!.trim()),
    look("templates", () => `targets: ${knownTargets().join(", ")}`),
    look("shipped drills", () => `${checkEveryDrill()} drills, each in order for its target`),
    ...regions(),
    ...notices(),
    ...(aws ? await onAws() : []),
  ];
  if (json) print(JSON.stringify(findings, undefined, 2));
  else
    print(
      table(
        ["", "what", "found"],
        findings.map(({ what, state, detail }) => [MARKS[state], what, detail]),
      ),
    );
  return findings.some(({ state }) => state === "bad") ? EXIT.wrongInput : EXIT.passed;
}

function look(what: string, found: () => string): Finding {
  try {
    return { what, state: "ok", detail: found() };
  } catch (error) {
    return { what, state: "bad", detail: (error as Error).message };
  }
}

function checkEveryDrill(): number {
  const names = shippedDrills();
  for (const name of names) checkDrill(findDrill(name));
  return names.length;
}

/** What rehearsals have left behind: nothing, one that runs, or one to look at. */
function regions(): Finding[] {
  const { regions: kept, unreadable } = RegionFolder.list(REGIONS);
  const findings = kept.map((region): Finding => {
    const { id, target, quarantine } = region.description;
    const standing = region.standing();
    if (standing !== "quarantined") {
      const next = standing === "abandoned" ? "; the next rehearsal cleans up after it first" : "";
      return { what: `rehearsal ${id}`, state: "note", detail: `${standing}, on ${target}${next}` };
    }
    const next = `when it is in order again: gameday release ${target} --reason "…"`;
    return { what: `target ${target}`, state: "bad", detail: `in quarantine: ${quarantine?.reason}; ${next}` };
  });
  const broken = unreadable.map(({ folder, reason }): Finding => ({ what: folder, state: "note", detail: reason }));
  return findings.length + broken.length > 0
    ? [...findings, ...broken]
    : [{ what: "earlier rehearsals", state: "ok", detail: "nothing is left of them" }];
}

function notices(): Finding[] {
  const asking = shippedDrills().filter((name) => {
    const read = readDrill(findDrill(name).text);
    return read.ok && read.drill.faults.some(({ expect }) => expect.some(({ detector }) => detector === "devops-guru"));
  });
  const drills = asking.length > 0 ? `asked by ${asking.join(", ")}` : "asked by no shipped drill";
  return [{ what: "DevOps Guru", state: "note", detail: `${drills}. ${DEVOPS_GURU_NOTICE}` }];
}

async function onAws(): Promise<Finding[]> {
  const ssm = new SSMClient(awsConfiguration());
  try {
    const { gameDay } = await readSystem();
    const page = await ssm.send(new GetParametersByPathCommand({ Path: PARAMETERS.targets.path }));
    const names = (page.Parameters ?? []).map(({ Name = "" }) => PARAMETERS.targets.nameIn(Name) ?? Name);
    return [
      { what: "game-day stack", state: "ok", detail: gameDay },
      names.length > 0
        ? { what: "targets on AWS", state: "ok", detail: names.join(", ") }
        : { what: "targets on AWS", state: "bad", detail: "none: deploy one, such as npx cdk deploy Orders" },
    ];
  } catch (error) {
    const sentence = error instanceof UserError ? error.message : sentenceOf(error);
    if (sentence === undefined) throw error;
    return [{ what: "AWS", state: "bad", detail: sentence.replace(/\s+/g, " ") }];
  } finally {
    ssm.destroy();
  }
}
