import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { beforeEach, describe, expect, test } from "vitest";
import { cleanUp } from "../../rehearsal/clean-up.ts";
import { createTables } from "../../stand-in/aws/dynamodb/dynalite.ts";
import { ServiceError } from "../../stand-in/aws/operation.ts";
import { stacksFor } from "../../stand-in/gameday/target.ts";
import { RegionFolder } from "../../stand-in/persistence/region-folder.ts";
import { assembly, ordersOnly } from "../stand-in/templates.ts";

const KILLED_AT = fileURLToPath(new URL("./killed-at.ts", import.meta.url));

let regions: string;
beforeEach(() => {
  regions = join(mkdtempSync(join(tmpdir(), "gameday-killed-")), "regions");
});

/** The region of a game day whose process was killed when it entered the state, now this process's. */
function killedAt(state: string, ...about: [drill: string, target: string] | []): RegionFolder {
  const { signal, stderr } = spawnSync(process.execPath, [KILLED_AT, regions, "day-1", state, ...about], {
    encoding: "utf8",
  });
  expect(signal, stderr).toBe("SIGKILL");
  const region = RegionFolder.find(regions, "day-1")!;
  expect(region.standing()).toBe("abandoned");
  expect(region.takeOver()).toBe(true);
  return region;
}
const host = { assembly: ordersOnly(), k6Path: "/nowhere/k6" };

describe("after a kill", () => {
  test("the safety net gives the target back and reports, and the region is gone", async () => {
    const events: string[] = [];
    const region = killedAt("Preflight");
    const done = await cleanUp(region, { ...host, onEvent: (_, { state = "" }) => events.push(state) });
    expect(done).toMatchObject({ outcome: "released", held: true, lease: undefined, changed: [], troubles: [] });
    expect(events).toContain("FindGameDays");
    expect(done).toMatchObject({ result: { verdict: "aborted", restored: { ok: true } } });
    expect(existsSync(join(regions, "..", "reports/day-1/report.html"))).toBe(true);
    expect(RegionFolder.list(regions).regions).toEqual([]);
  });

  test("the report knows what the game day had done before", async () => {
    const done = await cleanUp(killedAt("StartLoad"), host);
    if (done.outcome !== "released") return expect.fail(done.outcome);
    const entered = ["Plan", "AcquireLease", "Preflight", "Deploy", "StartLoad"];
    expect(done.result?.transitions).toBeGreaterThanOrEqual(entered.length);
  });

  test("before the target was taken, nothing is left and nothing is reported", async () => {
    const done = await cleanUp(killedAt("Plan"), host);
    expect(done).toMatchObject({ outcome: "released", held: false, result: undefined });
    expect(RegionFolder.list(regions).regions).toEqual([]);
  });
});

test("after a kill while the region was being hosted there is nothing to host again", async () => {
  const region = { id: "day-1", drill: "control", target: "orders", reports: join(regions, "../reports") };
  const done = await cleanUp(RegionFolder.create(regions, region)!, {
    ...host,
    assembly: { ...host.assembly, stacks: [] },
  });
  expect(done).toMatchObject({ outcome: "released", held: false });
  expect(RegionFolder.list(regions).regions).toEqual([]);
});

describe("after a kill, the stack that the game day has brought up", () => {
  const about = ["ephemeral", "orders-ephemeral"] as const;
  const ephemeral = { ...host, assembly: stacksFor(assembly(), about[1]) };

  test.each([
    ["is half created", "WaitForDeployment"],
    ["is up", "PreflightTarget"],
  ])("%s, and is taken down", async (_how, state) => {
    const region = killedAt(state, ...about);
    expect(readFileSync(region.stacks, "utf8")).toContain("Orders-ephemeral");
    const done = await cleanUp(region, ephemeral);
    expect(done).toMatchObject({ outcome: "released", held: true, lease: undefined, changed: [], troubles: [] });
    if (done.outcome !== "released") return;
    expect(done.result).toMatchObject({ verdict: "aborted", restored: { ok: true } });
    expect(done.result?.deployed).toMatchObject({ stack: "Orders-ephemeral", secondsDown: expect.any(Number) });
  });
});

describe("a region that cannot be cleaned up", () => {
  test("because the templates have changed is removed, with what they lack", async () => {
    const { stacks, ...rest } = ordersOnly();
    const done = await cleanUp(killedAt("Preflight"), {
      ...host,
      assembly: { ...rest, stacks: stacks.filter(({ name }) => name !== "Orders") },
    });
    expect(done).toMatchObject({
      outcome: "not hosted",
      reason: expect.stringMatching(/^The templates do not have .*\bOrders-CreateOrder\S+, .* any more\.$/),
    });
    expect(RegionFolder.list(regions).regions).toEqual([]);
  });

  test("because somebody has its tables open is left alone", async () => {
    const region = killedAt("Preflight");
    const tables = await createTables([], region.tables);
    const lease = { TableName: region.description.leaseTable, Key: { target: "orders" } };
    const { Item } = await tables.documents.send(new GetCommand(lease));
    expect(Item).toMatchObject({ holder: "day-1" });
    expect(await cleanUp(region, host)).toEqual({ outcome: "in use" });
    await tables.stop();
    expect(RegionFolder.find(regions, "day-1")).toBeDefined();
  });

  test("because its safety net fails is kept, and cleaned up the next time", async () => {
    const region = killedAt("Preflight");
    const done = await cleanUp(region, {
      ...host,
      interfere: async ({ invocation: { step } }, make) => {
        if (step === "ReleaseLease") throw new ServiceError("ValidationException", "made to fail");
        return make();
      },
    });
    expect(done).toMatchObject({ outcome: "held", held: true, lease: { holder: "day-1" } });
    if (done.outcome === "held") expect(done.troubles.join()).toContain("SafetyNet");
    expect(readFileSync(join(region.folder, "region.json"), "utf8")).toContain('"unfinished": true');

    expect(await cleanUp(RegionFolder.find(regions, "day-1")!, host)).toMatchObject({
      outcome: "released",
      held: true,
    });
    expect(RegionFolder.list(regions).regions).toEqual([]);
  });
});
