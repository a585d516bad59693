import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Result } from "../../../workflows/result.ts";
import { CALM_DRILL, CommandLine, loadProcesses, Run, SHORT_DRILL } from "./command-line.ts";

const timesIn = (log: string) => log.match(/^\d{4}-\S+Z/gm) ?? [];

// The game day that comes next has to pass, in the noise of the others: it may be tried again once.
describe("a rehearsal that is killed while the fault is on", { retry: 1 }, () => {
  it("is cleaned up after by the safety net before the next one begins, which says so and passes", async () => {
    const first = new CommandLine("rehearse", SHORT_DRILL);
    await first.says("fault comes into effect: create-order read back with INJECT_LATENCY=250");
    const [killed] = first.regions();
    expect(loadProcesses(killed!)).toHaveLength(2);
    first.kill();
    await first.ended;
    const { id } = killed!.description;
    expect(first.regions().map((region) => region.standing())).toEqual(["abandoned"]);
    expect(readFileSync(killed!.parts, "utf8")).toContain("INJECT_LATENCY");

    const next = new Run(first.folder, ["rehearse", CALM_DRILL, "--json"]);
    await next.says("the target is ours for this game day");
    expect(loadProcesses(killed!)).toEqual([]);
    const reports = join(first.folder, ".gameday/reports");
    const log = readFileSync(join(reports, id, "rehearsal.log"), "utf8");
    for (const state of ["FindGameDays", "RollBack", "VerifyRestored", "ReleaseLease"]) {
      expect(log).toContain(`"type":"TaskStateExited","state":"${state}"`);
    }
    const { code, stdout, stderr } = await next.ended;

    expect(code, stderr).toBe(0);
    const told = stderr.replaceAll("\n", " ");
    expect(told).toMatch(
      new RegExp(
        `^The game day ${id} was killed: .*${id} was killed and still held orders: the safety net put everything back`,
      ),
    );
    expect(told.indexOf("put everything back")).toBeLessThan(told.indexOf("planned; nothing was touched yet"));
    const aborted = Result.parse(JSON.parse(readFileSync(join(reports, id, "result.json"), "utf8")));
    expect(aborted).toMatchObject({ verdict: "aborted", restored: { ok: true, conflicts: [], byHand: [] } });
    expect(aborted.restored.checks.map(({ what }) => what).join()).toContain("INJECT_LATENCY of create-order");
    const passed = Result.parse(JSON.parse(stdout));
    expect(passed).toMatchObject({ verdict: "passed", restored: { ok: true } });
    expect(timesIn(log).at(-1)! < passed.startedAt).toBe(true);
    expect(readdirSync(join(first.folder, ".gameday/regions"))).toEqual([]);
  });
});

describe("gameday abort", () => {
  it("stops the rehearsal that runs, and waits until the safety net has put everything back", async () => {
    const run = new CommandLine("rehearse", SHORT_DRILL);
    await run.reaches("WatchBaseline");
    const [region] = run.regions();
    const abort = await new Run(run.folder, ["abort"]).ended;

    expect(abort.code, abort.stderr).toBe(0);
    expect(abort.stdout).toMatch(/Aborted: .*\n?.*everything was put\s+back/);
    expect(abort.stderr).toContain("safety net: looks whether anything was left behind");
    expect(run.regions()).toEqual([]);
    expect(loadProcesses(region!)).toEqual([]);
    const { code, stderr } = await run.ended;
    expect(code, stderr).toBe(3);
    expect(stderr).toContain("Stopped: the safety net puts everything back now.");
  });
});
