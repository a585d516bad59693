import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { releaseIn } from "../../../rehearsal/quarantine-release.ts";
import { RegionFolder } from "../../../stand-in/persistence/region-folder.ts";
import { gameday, ownFolder } from "../gameday.ts";
import { quarantinedIn, regionIn } from "../kept-region.ts";

let cwd: string;
beforeEach(() => {
  cwd = ownFolder();
});
const release = (...args: string[]) => gameday(["release", ...args], { cwd });
const regions = () => RegionFolder.list(join(cwd, ".gameday/regions")).regions.map((region) => region.description.id);
const record = () =>
  readFileSync(join(cwd, ".gameday/releases.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as object);

describe("release", () => {
  test("frees the target, says what was released, and keeps who, when and why on record", async () => {
    await quarantinedIn(cwd, "day-1");
    const { code, stdout, stderr } = await release("orders", "--reason", "SLOW_MS taken out by hand", "--by", "Ada");
    expect(code, stderr).toBe(0);
    expect(stdout.replaceAll("\n", " ")).toContain(
      "orders is released by Ada: SLOW_MS taken out by hand. It was in quarantine since game day day-1: not restored: SLOW_MS of checkout.",
    );
    expect(record()).toEqual([
      {
        target: "orders",
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        by: "Ada",
        reason: "SLOW_MS taken out by hand",
        holder: "day-1",
        quarantine: "not restored: SLOW_MS of checkout",
      },
    ]);
    expect(regions()).toEqual([]);
  });

  test("takes the user's name when none is given, and prints the record as JSON when asked", async () => {
    await quarantinedIn(cwd, "day-1");
    const { stdout } = await release("orders", "--reason", "in order", "--json");
    expect(JSON.parse(stdout)).toEqual(record());
    expect(record()).toMatchObject([{ by: userInfo().username }]);
  });

  test("is for the target: every game day that left it in quarantine is on record", async () => {
    await quarantinedIn(cwd, "day-1");
    await quarantinedIn(cwd, "day-2");
    expect(await release("orders", "--reason", "in order")).toMatchObject({ code: 0 });
    expect(record()).toMatchObject([{ holder: "day-1" }, { holder: "day-2" }]);
    expect(regions()).toEqual([]);
  });

  test("that was killed before it was on record is put on record by the next one, in the words of the first", async () => {
    const region = await quarantinedIn(cwd, "day-1");
    await releaseIn(region, { by: "Ada", reason: "the first" });
    expect(await release("orders", "--reason", "the second", "--by", "Ben")).toMatchObject({ code: 0 });
    expect(record()).toMatchObject([{ by: "Ada", reason: "the first" }]);
    expect(regions()).toEqual([]);
  });
});

describe("release is refused", () => {
  test.each([[[]], [["--reason", " "]]])("without a reason (%j): one is kept on record", async (args) => {
    await quarantinedIn(cwd, "day-1");
    const { code, stdout, stderr } = await release("orders", ...args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain(
      "Expected --reason TEXT; found none: who releases a target, when and why is kept on record",
    );
    expect(regions()).toEqual(["day-1"]);
  });

  test("for a target that is in no quarantine", async () => {
    const { code, stderr } = await release("orders", "--reason", "x");
    expect(code).toBe(2);
    expect(stderr).toBe(
      'Expected a target that is in quarantine on this machine; found "orders", which is not.\nNo target is in quarantine.\n',
    );
  });

  test("for a target that nobody knows, with those that are in quarantine", async () => {
    await quarantinedIn(cwd, "day-1");
    const { code, stderr } = await release("order", "--reason", "x");
    expect(code).toBe(2);
    expect(stderr).toMatch(/found "order", which no stack describes \(orders.*\)\.\nIn quarantine: orders\.\n/);
  });

  test("for a game day that was killed and not cleaned up after yet, with what to do", async () => {
    regionIn(cwd, "day-1");
    const { code, stderr } = await release("orders", "--reason", "x");
    expect(code).toBe(2);
    expect(stderr).toContain("Game day day-1 was killed: gameday rehearse cleans up after it.");
  });
});

test("a rehearsal of a target in quarantine is refused, with whose, why, where it is said how, and what frees it", async () => {
  await quarantinedIn(cwd, "day-1");
  const { code, stdout, stderr } = await gameday(["rehearse", "control"], { cwd });
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toBe(
    [
      'Expected target "orders" to be in order; found it in quarantine since game day day-1:',
      "  not restored: SLOW_MS of checkout",
      "What to type to put it back by hand: .gameday/reports/day-1/report.html",
      'When it is in order again: gameday release orders --reason "…"',
      "",
    ].join("\n"),
  );
  expect(regions()).toEqual(["day-1"]);
});
