import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Execution, ExecutionEvent } from "../aws/step-functions/state-machine.ts";
import type { RegionFolder } from "./region-folder.ts";

/** An execution as the region's file has it. */
export const SavedExecution = z.object({
  arn: z.string(),
  machineArn: z.string(),
  name: z.string(),
  /** Absent for one that a rule started: its input is in the event. */
  input: z.json().optional(),
  startedAt: z.iso.datetime(),
  status: z.enum(["RUNNING", "SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"]),
});
export type SavedExecution = z.infer<typeof SavedExecution>;

/** The region's executions, each written down before its first step and when it has ended. */
export class WrittenExecutions extends Map<string, Execution> {
  readonly #saved: RegionFolder;

  constructor(saved: RegionFolder) {
    super();
    this.#saved = saved;
    for (const former of saved.description.executions) super.set(former.arn, formerExecution(former, saved));
  }

  override set(arn: string, execution: Execution): this {
    const { machineArn, name } = execution;
    const written = { arn, machineArn, name, startedAt: execution.startedAt.toISOString() };
    this.#saved.writeExecution({ ...written, status: "RUNNING" });
    void execution.ended.then(({ status }) => this.#saved.writeExecution({ ...written, status }));
    return super.set(arn, execution);
  }
}

const historyFile = (saved: RegionFolder, name: string) => join(saved.folder, "executions", `${name}.jsonl`);

/** Writes one event of an execution's history, without what the state gave. */
export function writeEvent(saved: RegionFolder, execution: string, { at, type, state }: ExecutionEvent): void {
  const file = historyFile(saved, execution);
  mkdirSync(join(saved.folder, "executions"), { recursive: true });
  appendFileSync(file, `${JSON.stringify({ at, type, state })}\n`);
}

const SavedEvent = z.object({ at: z.number(), type: z.string(), state: z.string().optional() });

/** An execution of a process that is gone: nothing of it runs, but it can be asked about. */
function formerExecution(former: SavedExecution, saved: RegionFolder): Execution {
  const { arn, machineArn, name, startedAt, status } = former;
  const ended = status === "RUNNING" ? "ABORTED" : status;
  return {
    arn,
    machineArn,
    name,
    startedAt: new Date(startedAt),
    history: readEvents(historyFile(saved, name)),
    status: ended,
    ended: Promise.resolve({ status: ended }),
    quiet: Promise.resolve(),
    stop() {},
  };
}

/** The last line may be cut off: the process was killed while it wrote. */
function readEvents(file: string): ExecutionEvent[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => {
    const { state, ...event } = SavedEvent.parse(JSON.parse(line));
    return { ...event, ...(state === undefined ? {} : { state }) };
  });
}
