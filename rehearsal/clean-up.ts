import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Lease } from "../functions/lease/lease.ts";
import { whyTablesAreShut } from "../stand-in/aws/dynamodb/level.ts";
import { systemOf } from "../stand-in/gameday/system.ts";
import { type HostedRegion, type HostedRegionOptions, startRegion } from "../stand-in/hosted-region.ts";
import { SavedParts } from "../stand-in/persistence/parts.ts";
import type { RegionFolder } from "../stand-in/persistence/region-folder.ts";
import { readGraph } from "../stand-in/read-graph.ts";
import type { Graph } from "../stand-in/templates/cfn/graph.ts";
import { TemplateError } from "../stand-in/templates/cfn/intrinsics.ts";
import type { Result } from "../workflows/result.ts";
import { keepWhileHeld } from "./rehearse.ts";
import { layFiles, troublesOf } from "./rehearsed.ts";

/** What became of a region whose process is gone. */
export type CleanUp =
  /** Another process has its tables open, so that it is not abandoned after all. */
  | { readonly outcome: "in use" }
  /** The present templates cannot host it any more: it is removed. */
  | { readonly outcome: "not hosted"; readonly reason: string }
  | CleanedUp;

export interface CleanedUp {
  /** Nothing holds the target, and the region is removed; or it is kept, for a person or for the next attempt. */
  readonly outcome: "released" | "quarantined" | "held";
  /** Whether the game day held its target when the clean-up began. */
  readonly held: boolean;
  readonly lease: Lease | undefined;
  readonly result: Result | undefined;
  /** Where the game day's files are. */
  readonly folder: string;
  readonly changed: readonly string[];
  readonly troubles: readonly string[];
}

/**
 * Cleans up after a game day whose process is gone: brings its region up again and reports the end of its executions, so
 * that the templates' own rule starts their safety net. The region has to be this process's by now.
 */
export async function cleanUp(saved: RegionFolder, options: Omit<HostedRegionOptions, "saved">): Promise<CleanUp> {
  saved.killTasks();
  const shut = await whyTablesAreShut(saved.tables);
  if (shut?.inUse) return { outcome: "in use" };
  if (saved.description.executions.length === 0) return nothingBegan(saved);
  const { alarmPeriodSeconds } = saved.description;
  const period = alarmPeriodSeconds === undefined ? {} : { alarmPeriodSeconds };
  let region: HostedRegion;
  try {
    if (shut) throw new TemplateError(shut.reason);
    refuseIfGone(saved, readGraph(options.assembly, saved.description.salt));
    region = await startRegion({ ...options, ...period, saved });
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    saved.remove();
    return { outcome: "not hosted", reason: error.message };
  }
  const cleaned = await cleanUpIn(region, saved);
  keepWhileHeld(saved, cleaned.lease);
  return cleaned;
}

/** Killed while it was being hosted: its tables may be half made, and there is nothing in them. */
function nothingBegan(saved: RegionFolder): CleanedUp {
  saved.remove();
  const { reports, id } = saved.description;
  const nothing = { held: false, lease: undefined, result: undefined, changed: [], troubles: [] };
  return { outcome: "released", folder: join(reports, id), ...nothing };
}

async function cleanUpIn(region: HostedRegion, saved: RegionFolder): Promise<CleanedUp> {
  const { id, reports, executions } = saved.description;
  const leaseNow = async () => (await region.leases?.all())?.find(({ holder }) => holder === id);
  const folder = join(reports, id);
  try {
    const held = (await leaseNow()) !== undefined;
    // Those that had ended too: what their end started may have been killed. EventBridge itself delivers at least once.
    for (const execution of executions.filter(({ status }) => status !== "SUCCEEDED")) {
      const status = execution.status === "RUNNING" ? "ABORTED" : execution.status;
      saved.writeExecution({ ...execution, status });
      region.announceEnded(execution, status);
    }
    await region.quiet();
    if (isUnattended(await leaseNow())) await sweep(region);
    const lease = await leaseNow();
    const result = layFiles(region, id, folder);
    const known = new Set(executions.map(({ arn }) => arn));
    const said = { changed: region.changed(), troubles: await troublesOf(region, known) };
    const outcome = lease === undefined ? "released" : lease.quarantine === undefined ? "held" : "quarantined";
    return { outcome, held, lease, result, folder, ...said };
  } finally {
    await region.stop();
  }
}

const isUnattended = (lease: Lease | undefined) => lease !== undefined && lease.quarantine === undefined;

/** What the schedule would do in time: it finds a lease whatever became of the ending that should have freed it. */
async function sweep(region: HostedRegion): Promise<void> {
  const safetyNet = systemOf(region.graph)?.safetyNet;
  if (safetyNet === undefined) return;
  region.start(safetyNet, `sweep-${Date.now()}`, { sweep: true });
  await region.quiet();
}

/** Everything that the game day knew by name has to be in the templates still. */
function refuseIfGone({ description, parts }: RegionFolder, graph: Graph): void {
  const { leaseTable, executions } = description;
  const saved = existsSync(parts) ? SavedParts.parse(JSON.parse(readFileSync(parts, "utf8"))) : undefined;
  const known = new Set(graph.resources.flatMap(({ name, path }) => [name, path]));
  const gone = [
    ...Object.keys(saved?.deployed ?? {}).filter((name) => !known.has(name)),
    ...executions.map(({ machineArn }) => machineArn).filter((machineArn) => !graph.byArn(machineArn)),
    ...(leaseTable === undefined || graph.byName("AWS::DynamoDB::Table", leaseTable) ? [] : [leaseTable]),
  ];
  if (gone.length > 0) throw new TemplateError(`The templates do not have ${[...new Set(gone)].join(", ")} any more.`);
}
