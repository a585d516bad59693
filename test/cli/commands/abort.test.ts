import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { markOf } from "../../../stand-in/persistence/process.ts";
import { sampleResult } from "../../report/sample.ts";
import { gameday, ownFolder } from "../gameday.ts";
import { quarantinedIn, regionIn } from "../kept-region.ts";

let cwd: string;
let processes: ChildProcess[] = [];
beforeEach(() => {
  cwd = ownFolder();
});
afterEach(() => {
  for (const each of processes) each.kill("SIGKILL");
  processes = [];
});
const abort = (...args: string[]) => gameday(["abort", ...args], { cwd });

/** A process that owns a region, and does this when it is interrupted. */
async function rehearsal(id: string, whenInterrupted: (folders: { region: string; report: string }) => string) {
  const region = join(cwd, ".gameday/regions", id);
  const report = join(cwd, ".gameday/reports", id);
  const script = `
    const { appendFileSync, rmSync, writeFileSync } = require("node:fs");
    process.on("SIGINT", () => { ${whenInterrupted({ region, report })} process.exit(); });
    setInterval(() => {}, 1000); console.log("up");`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  processes.push(child);
  await once(child.stdout!, "data");
  return regionIn(cwd, id, markOf(child.pid!));
}

const exited = (state: string) => JSON.stringify({ at: 1, type: "TaskStateExited", state });
const cleansUp = ({ region, report }: { region: string; report: string }) => `
  writeFileSync("${report}/result.json", ${JSON.stringify(JSON.stringify(sampleResult({ verdict: "aborted" })))});
  appendFileSync("${report}/rehearsal.log", ${JSON.stringify(`2026 net ${exited("RollBack")}\n2026 net ${exited("RollBack")}\n`)});
  rmSync("${region}", { recursive: true });`;

describe("abort", () => {
  test("interrupts the only rehearsal, waits until it has cleaned up, and says how it ended", async () => {
    await rehearsal("day-1", cleansUp);
    const { code, stdout, stderr } = await abort();
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/^Asked day-1 \(process \d+\) to stop/);
    expect(stderr.match(/puts back what the journal names/g)).toHaveLength(1);
    expect(stdout.replaceAll("\n", " ")).toContain(sampleResult().sentence);
    expect(stdout).toContain("Report: .gameday/reports/day-1/report.html");
  });

  test("prints its result.json and nothing else when asked", async () => {
    await rehearsal("day-1", cleansUp);
    expect(JSON.parse((await abort("day-1", "--json")).stdout)).toMatchObject({ verdict: "aborted" });
  });

  test("says that nothing was begun when there is nothing to report", async () => {
    await rehearsal("day-1", ({ region }) => `rmSync("${region}", { recursive: true });`);
    expect(await abort()).toMatchObject({
      code: 0,
      stdout: "day-1 was stopped before there was anything to report.\n",
    });
  });

  test("ends with 4 when the target is in quarantine by then", async () => {
    const region = await rehearsal("day-1", ({ region: folder }) => {
      return `const file = "${folder}/region.json"; const text = require(file);
        writeFileSync(file, JSON.stringify({ ...text, quarantine: { holder: "day-1", reason: "not restored" } }));`;
    });
    const { code, stderr } = await abort();
    expect(code).toBe(4);
    expect(stderr).toContain(`! ${region.description.target} is in quarantine: not restored`);
  });

  test("ends with 4 when its process ended without cleaning up", async () => {
    await rehearsal("day-1", () => "");
    const { code, stderr } = await abort();
    expect(code).toBe(4);
    expect(stderr).toContain("gameday rehearse cleans up after it first");
  });
});

describe("abort stops nothing and says what it found", () => {
  test("when no rehearsal runs", async () => {
    regionIn(cwd, "killed");
    await quarantinedIn(cwd, "kept");
    const { code, stdout, stderr } = await abort();
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("Expected a rehearsal on this machine that is running; found none.");
  });

  test("when several run and nobody says which", async () => {
    await rehearsal("day-1", cleansUp);
    await rehearsal("day-2", cleansUp);
    const { code, stderr } = await abort();
    expect(code).toBe(2);
    expect(stderr).toMatch(/found 2\. Say which: gameday abort ID/);
    expect(stderr).toMatch(/\nday-1 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\nday-2 /);
    expect(processes.map(({ exitCode }) => exitCode)).toEqual([null, null]);
  });

  test.each([
    ["is over", "killed", /found it abandoned/],
    ["was never there", "other", /found none of that name/],
  ])("when the one that is named %s", async (_name, id, message) => {
    regionIn(cwd, "killed");
    const { code, stderr } = await abort(id);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test("and leaves a process alone that has the number of one that is gone", async () => {
    const region = await rehearsal("day-1", cleansUp);
    const mark = region.owner()!;
    writeFileSync(join(region.folder, "owner-1.json"), JSON.stringify({ ...mark, started: "another time" }));
    expect(await abort("day-1")).toMatchObject({ code: 2 });
    expect(processes[0]!.exitCode).toBeNull();
  });
});
