import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ExecutionEvent } from "../stand-in/aws/step-functions/state-machine.ts";

/** What functions, load tasks and executions wrote, for whoever has to find out why. */
export interface LogFile {
  line(source: string, line: string): void;
  event(execution: string, event: ExecutionEvent): void;
}

export const logPath = (folder: string): string => join(folder, "rehearsal.log");

export function openLog(folder: string): LogFile {
  mkdirSync(folder, { recursive: true });
  const line: LogFile["line"] = (source, text) =>
    appendFileSync(logPath(folder), `${new Date().toISOString()} ${source} ${text}\n`);
  return {
    line,
    event: (execution, event) => line(execution, JSON.stringify({ ...event, output: undefined })),
  };
}
