import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { drillFolder } from "../../../functions/runtime/drill-folder.ts";

const root = mkdtempSync(join(tmpdir(), "gameday-drills-"));
afterAll(() => rmSync(root, { recursive: true }));
mkdirSync(join(root, "drills/inner"), { recursive: true });
writeFileSync(join(root, "secret.json"), '"secret"');
writeFileSync(join(root, "drills/b.json"), '{"name":"b"}');
writeFileSync(join(root, "drills/a.json"), '{"name":"a"}');
writeFileSync(join(root, "drills/drill.schema.json"), "{}");
writeFileSync(join(root, "drills/notes.txt"), "nothing");
writeFileSync(join(root, "drills/inner/c.json"), '{"name":"c"}');

const shelf = drillFolder(pathToFileURL(`${root}/drills/`), "json", JSON.parse);

test("has the drills that lie in the folder, by name, and nothing else of it", async () => {
  expect(await shelf.names()).toEqual(["a", "b"]);
  expect(await shelf.read("b")).toEqual({ name: "b" });
});

test.each(["../secret", "inner/c", "./a", "a.json", "A", "", "drill.schema", "%2e%2e/secret", "..%2fsecret"])(
  "the name %j leads nowhere",
  async (name) => {
    expect(await shelf.read(name)).toBeUndefined();
  },
);
