import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { claim, writeAtomically } from "../../../stand-in/persistence/atomic-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gameday-files-"));
});

describe("writing", () => {
  test("makes folders that are missing, replaces what is there, and leaves nothing beside it", () => {
    const file = join(folder, "a/b/c.json");
    writeAtomically(file, "old");
    writeAtomically(file, "new");
    expect(readFileSync(file, "utf8")).toBe("new");
    expect(readdirSync(join(folder, "a/b"))).toEqual(["c.json"]);
  });
});

describe("a claim", () => {
  test("is the first one's, and leaves nothing beside it", () => {
    expect(claim(join(folder, "owner"), "first")).toBe(true);
    expect(claim(join(folder, "owner"), "second")).toBe(false);
    expect(readFileSync(join(folder, "owner"), "utf8")).toBe("first");
    expect(readdirSync(folder)).toEqual(["owner"]);
  });

  test("on a folder that is gone is an error, not a refusal", () => {
    expect(() => claim(join(folder, "gone/owner"), "x")).toThrow(/ENOENT/);
  });
});
