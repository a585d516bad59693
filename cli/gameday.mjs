#!/usr/bin/env node
// `gameday …`: makes the project ready if it is not, then runs the command line with the project's own Node.
// Plain JavaScript for the host's Node, because it runs before the packages are installed.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { projectNode, projectRoot } from "./setup/project.mjs";

// Ctrl-C reaches every process of the terminal: the ones started here clean up and end by themselves.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child?.kill(signal));

let child;
const setUp = await run(process.execPath, ["cli/setup/main.mjs"], projectRoot);
process.exitCode =
  setUp === 0 ? await run(projectNode, [`${projectRoot}/cli/main.ts`, ...process.argv.slice(2)]) : setUp;

function run(command, args, cwd = process.cwd()) {
  return new Promise((resolve) => {
    child = spawn(command, args, { cwd, stdio: "inherit" });
    child.once("error", (error) => {
      process.stderr.write(`gameday: ${command} could not be run: ${error.message}\n`);
      resolve(2);
    });
    child.once("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}
