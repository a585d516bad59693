// `npm test`: set-up, type check, lint and tests, on a clean clone too, and how many of them passed as the last line.
// Plain JavaScript for the host's Node, because it runs before the packages are installed. Arguments go to vitest.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { projectNode, projectRoot } from "../cli/setup/project.mjs";
import { countsOf } from "./counts.mjs";

const RESULTS = `${projectRoot}/.gameday/test-results.json`;

const checks = [
  ["set-up", process.execPath, "cli/setup/main.mjs"],
  ["type check", projectNode, "node_modules/typescript/bin/tsc"],
  ["type check of the k6 scripts", projectNode, "node_modules/typescript/bin/tsc", "-p", "loadgen/scripts"],
  ["lint and format", projectNode, "node_modules/@biomejs/biome/bin/biome", "check"],
];

const counts = { passed: 0, failed: 0, skipped: 0 };
for (const [name, ...command] of checks) {
  const passed = succeeds(command);
  console.log(`${passed ? "passed" : "FAILED"}: ${name}`);
  counts[passed ? "passed" : "failed"] += 1;
  if (name === "set-up" && !passed) finish();
}

rmSync(RESULTS, { force: true });
const allRan = succeeds([
  projectNode,
  ...["node_modules/vitest/vitest.mjs", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${RESULTS}`],
  ...process.argv.slice(2),
]);
const tests = countsOf(existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, "utf8")) : undefined, allRan);
for (const key of Object.keys(counts)) counts[key] += tests[key];
finish();

function succeeds([command, ...args]) {
  const env = { ...process.env, PATH: `${projectRoot}/node_modules/.bin:${process.env.PATH}` };
  return spawnSync(command, args, { cwd: projectRoot, stdio: "inherit", env }).status === 0;
}

function finish() {
  const { passed, failed, skipped } = counts;
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  process.exit(failed === 0 ? 0 : 1);
}
