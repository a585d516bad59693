import { spawn } from "node:child_process";

/** Set-up was told to stop: by a signal, or by a step that failed beside this one. */
export class Interrupted extends Error {
  name = "Interrupted";
  constructor(by) {
    super(`interrupted by ${by}`);
  }
}

/**
 * Runs a program to its end and returns what it wrote to stdout. When it fails, everything that it wrote is in the
 * error. When `stop` is aborted the program is, so that nothing is left running.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, stop?: AbortSignal }} [means]
 * @returns {Promise<string>}
 */
export function run(command, args, { cwd, env = process.env, stop } = {}) {
  return new Promise((resolve, reject) => {
    const interrupted = () => reject(new Interrupted(stop.reason.message));
    if (stop?.aborted) return interrupted();
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let both = "";
    // What a terminal sends at Ctrl-C: compilers and npm tidy up at it.
    const end = () => child.kill("SIGINT");
    stop?.addEventListener("abort", end);
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      both += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      both += text;
    });
    const finish = (error) => {
      stop?.removeEventListener("abort", end);
      if (stop?.aborted) interrupted();
      else if (error) reject(error);
      else resolve(stdout);
    };
    child.on("error", (cause) => finish(new Error(`could not run ${command}: ${cause.message}`, { cause })));
    child.on("close", (code, signal) => {
      if (code === 0) return finish();
      finish(new Error(`${[command, ...args].join(" ")} ended with ${code ?? signal}\n${both.trim()}`));
    });
  });
}
