import { type ChildProcess, spawn } from "node:child_process";

/** One load task: a process of its own, started and stopped the way Fargate would. */
export interface TaskProcess {
  /** Of the process, which leads a group of its own; undefined when it could not be started. */
  readonly pid: number | undefined;
  readonly running: boolean;
  readonly exitCode: number | undefined;
  /** SIGTERM, and SIGKILL when it has not ended after so many milliseconds. */
  stop(timeoutMs: number): Promise<void>;
}

export function startTask(
  script: string,
  variables: Readonly<Record<string, string>>,
  onOutput: (line: string) => void,
): TaskProcess {
  const child: ChildProcess = spawn(process.execPath, [script], {
    env: { ...variables, STOP_WITH_STDIN: "1" },
    // A pipe that closes with us, whatever ends us: the worker stops then.
    stdio: ["pipe", "pipe", "pipe"],
    // A group of its own, so that Ctrl-C in the terminal reaches us alone and the load is stopped in its turn.
    detached: true,
  });
  let exitCode: number | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      onOutput(error.message);
      exitCode ??= 1;
      resolve();
    });
    child.once("exit", (code, signal) => {
      exitCode = code ?? (signal === "SIGKILL" ? 137 : 143);
      resolve();
    });
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => onOutput(text.trimEnd()));
  }
  return {
    pid: child.pid,
    get running() {
      return exitCode === undefined;
    },
    get exitCode() {
      return exitCode;
    },
    async stop(timeoutMs) {
      if (exitCode !== undefined) return;
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
