import { spawn } from "node:child_process";

/** Set-up was told to stop. */
export class Interrupted extends Error {
  name = "Interrupted";
  constructor(signal) {
    super(`interrupted by ${signal}`);
  }
}

/**
 * Runs a program to its end and returns what it wrote to stdout. When it fails, everything that it wrote is in the
 * error. A signal to the set-up goes on to the program, so that nothing is left running.
 */
export function run(command, args, { cwd, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let both = "";
    let interrupted;
    const forward = (signal) => {
      interrupted = new Interrupted(signal);
      child.kill(signal);
    };
    process.on("SIGINT", forward).on("SIGTERM", forward);
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      both += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      both += text;
    });
    const finish = (error) => {
      process.off("SIGINT", forward).off("SIGTERM", forward);
      if (interrupted) reject(interrupted);
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
