import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gameDayPrefix, resultKey } from "../loadgen/keys.ts";
import { Result } from "../workflows/result.ts";
import type { Assembly } from "./cfn/assembly.ts";
import type { Execution, ExecutionEvent } from "./hosts/state-machine.ts";
import { type Region, startRegion } from "./region.ts";
import type { AlarmChange } from "./services/cloudwatch.ts";
import type { Interference } from "./services/operation.ts";

export interface RehearseOptions {
  readonly assembly: Assembly;
  /** The game day's id: the name of its execution. */
  readonly id: string;
  /** The execution's input, as the console would give it. */
  readonly input: unknown;
  readonly k6Path: string;
  readonly alarmPeriodSeconds?: number;
  /** Folder under which the game day's files are laid, in a folder named by its id. */
  readonly outFolder: string;
  readonly interfere?: Interference;
  readonly onEvent?: (execution: string, event: ExecutionEvent) => void;
  readonly onAlarm?: (change: AlarmChange) => void;
  readonly onOutput?: (source: string, line: string) => void;
  /** Stops the execution as StopExecution does; the safety net cleans up then. */
  readonly signal?: AbortSignal;
}

/** How a rehearsal ended. */
export interface Rehearsed {
  readonly status: Execution["status"];
  /** Absent when the game day was refused before it began, or ended without a report. */
  readonly result: Result | undefined;
  /** What ended the execution, when something did. */
  readonly error: { name: string; message: string } | undefined;
  /** Where the game day's files are. */
  readonly folder: string;
  /** State transitions of all executions, to their very end. */
  readonly transitions: number;
  /** Functions whose environment is not what it was before: seen by the stand-in itself, whatever the report says. */
  readonly changed: readonly string[];
  readonly announced: readonly string[];
  /** What happened that is in nobody's report: events that could not be delivered, a safety net that failed. */
  readonly troubles: readonly string[];
}

/** The files of one game day that people read. Blocks and the like stay behind. */
const FILES = ["result.json", "series.json", "report.html", "picture.svg", "summary.md", "junit.xml", "journal.json"];

/** Runs one game day on a stand-in region made for it, and takes the region down again whatever happens. */
export async function rehearse(options: RehearseOptions): Promise<Rehearsed> {
  const region = await startRegion(options);
  try {
    const before = environmentsOf(region);
    const [machine] = region.graph
      .ofType("AWS::StepFunctions::StateMachine")
      .filter(({ path }) => path.includes("/GameDay/"));
    if (!machine?.arn) throw new Error("Expected a state machine GameDay in the templates; found none.");
    const execution = region.start(machine.arn, options.id, options.input);
    const stop = () => execution.stop();
    if (options.signal?.aborted) stop();
    options.signal?.addEventListener("abort", stop);
    const ending = await execution.ended;
    await region.quiet();
    const folder = join(options.outFolder, options.id);
    const result = layFiles(region, options.id, folder);
    return {
      status: ending.status,
      result,
      error: ending.error === undefined ? undefined : { name: ending.error, message: ending.cause ?? "" },
      folder,
      transitions: [...region.executions.values()]
        .flatMap(({ history }) => history)
        .filter(({ type }) => type.endsWith("StateEntered")).length,
      changed: changedSince(before, region),
      announced: region.published.map(({ subject, message }) => `${subject}\n${message}`),
      troubles: await troublesOf(region, execution),
    };
  } finally {
    await region.stop();
  }
}

const environmentsOf = ({ functions }: Region) =>
  new Map([...functions.values()].map(({ name, variables }) => [name, JSON.stringify(variables)]));

const changedSince = (before: ReadonlyMap<string, string>, region: Region) =>
  [...environmentsOf(region)].filter(([name, variables]) => before.get(name) !== variables).map(([name]) => name);

function layFiles({ buckets, graph }: Region, id: string, folder: string): Result | undefined {
  const bucket = graph
    .ofType("AWS::S3::Bucket")
    .find(({ name }) => buckets.list(name, gameDayPrefix(id)).keys.length > 0);
  if (!bucket) return undefined;
  for (const file of FILES) {
    const key = resultKey(id, file);
    if (!buckets.has(bucket.name, key)) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), buckets.get(bucket.name, key));
  }
  const key = resultKey(id, "result.json");
  return buckets.has(bucket.name, key) ? Result.parse(JSON.parse(buckets.get(bucket.name, key).toString())) : undefined;
}

async function troublesOf(region: Region, gameDay: Execution): Promise<string[]> {
  const others = [...region.executions.values()].filter((execution) => execution !== gameDay);
  const endings = await Promise.all(others.map(async ({ arn, ended }) => ({ arn, ...(await ended) })));
  return [
    ...region.graph.skipped.map(({ type, path }) => `not hosted: ${path} (resources of type ${type} are not played)`),
    ...region.undelivered.map(({ rule, reason }) => `an event was not delivered by ${rule}: ${reason}`),
    ...endings
      .filter(({ status }) => status !== "SUCCEEDED")
      .map(({ arn, status, error, cause }) => `${arn} ended ${status}: ${error} ${cause}`),
  ];
}
