import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { markOf } from "../../../stand-in/persistence/process.ts";
import { type NewRegion, RegionFolder } from "../../../stand-in/persistence/region-folder.ts";

let root: string;
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), "gameday-regions-")), "regions");
});

const description = (id: string): NewRegion => ({ id, drill: "short", target: "orders", reports: "/reports" });
const create = (id = "day-1") => RegionFolder.create(root, description(id))!;
const listed = () => RegionFolder.list(root).regions.map((region) => region.description.id);
const gone = { ...markOf(process.pid), pid: spawnSync(process.execPath, ["-e", ""]).pid };
/** As if its process had been killed. */
function orphan(id = "day-1"): RegionFolder {
  const region = create(id);
  writeFileSync(join(region.folder, "owner-1.json"), JSON.stringify(gone));
  return RegionFolder.find(root, id)!;
}

describe("a new region", () => {
  test("is its process's, and can be found with what was written of it", () => {
    create().write({ leaseTable: "leases" });
    const found = RegionFolder.find(root, "day-1")!;
    expect(found.standing()).toBe("running");
    expect(found.owner()?.pid).toBe(process.pid);
    expect(found.description).toMatchObject({ id: "day-1", target: "orders", leaseTable: "leases", executions: [] });
  });

  test("does not take the place of one that has its id", () => {
    create().write({ leaseTable: "first" });
    expect(RegionFolder.create(root, description("day-1"))).toBeUndefined();
    expect(RegionFolder.find(root, "day-1")?.description.leaseTable).toBe("first");
    expect(readdirSync(root)).toEqual(["day-1"]);
  });

  test("is gone at once when it is removed", () => {
    create().remove();
    expect(listed()).toEqual([]);
    expect(readdirSync(root)).toEqual([]);
  });
});

describe("a region whose process is gone", () => {
  test("is abandoned until another one takes it over", () => {
    expect(orphan().standing()).toBe("abandoned");
    expect(RegionFolder.find(root, "day-1")!.takeOver()).toBe(true);
    expect(RegionFolder.find(root, "day-1")!.standing()).toBe("being cleaned up");
  });

  test("goes to one of several who find it at the same time", () => {
    orphan();
    const finders = [1, 2, 3].map(() => RegionFolder.find(root, "day-1")!);
    expect(finders.filter((finder) => finder.takeOver())).toHaveLength(1);
  });

  test("goes to the next one when that one is killed too", () => {
    const region = orphan();
    region.takeOver();
    writeFileSync(join(region.folder, "owner-2.json"), JSON.stringify(gone));
    expect(region.standing()).toBe("abandoned");
    expect(region.takeOver()).toBe(true);
    expect(readdirSync(region.folder)).toContain("owner-3.json");
  });

  test("is taken over with what its last process wrote", () => {
    orphan();
    const seen = RegionFolder.find(root, "day-1")!;
    RegionFolder.find(root, "day-1")!.write({ leaseTable: "later" });
    seen.takeOver();
    expect(seen.description.leaseTable).toBe("later");
  });

  test("cannot be taken over when it is gone itself", () => {
    const seen = orphan();
    RegionFolder.find(root, "day-1")!.remove();
    expect(seen.takeOver()).toBe(false);
    expect(existsSync(seen.folder)).toBe(false);
  });

  test("is kept for a person when its target is in quarantine", () => {
    const region = orphan();
    region.write({ quarantine: { holder: "day-1", reason: "not restored" } });
    expect(region.standing()).toBe("quarantined");
  });
});

test("one whose process runs is not taken over", () => {
  create();
  expect(RegionFolder.find(root, "day-1")!.takeOver()).toBe(false);
});

describe("the list", () => {
  test("names what cannot be read, and why", () => {
    create("day-2");
    mkdirSync(join(root, "day-1"));
    writeFileSync(join(root, "day-1", "region.json"), '{"version": 7}');
    const { regions, unreadable } = RegionFolder.list(root);
    expect(regions.map(({ description: { id } }) => id)).toEqual(["day-2"]);
    expect(unreadable).toEqual([{ folder: join(root, "day-1"), reason: expect.stringContaining("version") }]);
  });

  test("sweeps away what a killed process was making or taking apart, and nothing of a running one", () => {
    for (const pid of [gone.pid, process.pid]) mkdirSync(join(root, `.${pid}-new-day-1`), { recursive: true });
    expect(listed()).toEqual([]);
    expect(readdirSync(root)).toEqual([`.${process.pid}-new-day-1`]);
  });

  test("is empty where there never was a rehearsal", () => {
    expect(RegionFolder.list(root)).toEqual({ regions: [], unreadable: [] });
  });
});
