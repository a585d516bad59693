import { join } from "node:path";
import type { Lease } from "../functions/lease/lease.ts";
import type { AlarmChange } from "../stand-in/aws/cloudwatch/operations.ts";
import type { Interference } from "../stand-in/aws/operation.ts";
import type { Execution, ExecutionEvent } from "../stand-in/aws/step-functions/state-machine.ts";
import { startRegion } from "../stand-in/hosted-region.ts";
import type { RegionFolder } from "../stand-in/persistence/region-folder.ts";
import type { Assembly } from "../stand-in/templates/cfn/assembly.ts";
import type { Result } from "../workflows/result.ts";
import { layFiles, troublesOf } from "./rehearsed.ts";

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
  /** Where the region is kept, so that one that is killed can be cleaned up after. Default: nowhere. */
  readonly saved?: RegionFolder;
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
  /** Functions that are not as they were before: seen by the stand-in itself, whatever the report says. */
  readonly changed: readonly string[];
  /** The lease that the game day still has; one that ended as it should has none. */
  readonly lease?: Lease | undefined;
  readonly announced: readonly string[];
  /** What happened that is in nobody's report: events that could not be delivered, a safety net that failed. */
  readonly troubles: readonly string[];
}

/** Runs one game day on a stand-in region made for it, and takes the region down again whatever happens. */
export async function rehearse(options: RehearseOptions): Promise<Rehearsed> {
  const { saved } = options;
  const region = await startRegion(options).catch((error: unknown) => {
    saved?.remove();
    throw error;
  });
  let rehearsed: Rehearsed;
  try {
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
    rehearsed = {
      status: ending.status,
      result: layFiles(region, options.id, folder),
      error: ending.error === undefined ? undefined : { name: ending.error, message: ending.cause ?? "" },
      folder,
      transitions: [...region.executions.values()]
        .flatMap(({ history }) => history)
        .filter(({ type }) => type.endsWith("StateEntered")).length,
      changed: region.changed(),
      lease: (await region.leases?.all())?.find(({ holder }) => holder === options.id),
      announced: region.aws.published.map(({ subject, message }) => `${subject}\n${message}`),
      troubles: await troublesOf(region, new Set([execution.arn])),
    };
  } finally {
    await region.stop();
  }
  if (saved) keepWhileHeld(saved, rehearsed.lease);
  return rehearsed;
}

/** A region is kept while its game day holds the target: for a person to look at, or for the next start to clean up. */
export function keepWhileHeld(saved: RegionFolder, lease: Lease | undefined): void {
  if (!lease) saved.remove();
  else if (lease.quarantine === undefined) saved.write({ unfinished: true });
  else saved.write({ quarantine: { holder: lease.holder, reason: lease.quarantine } });
}
