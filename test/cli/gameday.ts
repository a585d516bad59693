import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder to run commands in: reports, regions and records of nobody else are there. */
export const ownFolder = (): string => mkdtempSync(join(tmpdir(), "gameday-"));

/** `gameday …` as a process of its own, while this one goes on. */
export function gameday(
  args: readonly string[],
  { cwd = ownFolder(), env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Said> {
  return new Promise((resolve) => {
    const { PATH = "", TMPDIR = "" } = process.env;
    const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { PATH, TMPDIR, NO_COLOR: "1", ...env } });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}
