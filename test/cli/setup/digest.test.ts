import { renameSync, utimesSync } from "node:fs";
import { expect, test } from "vitest";
import { digest } from "../../../cli/setup/digest.mjs";
import { sandbox } from "./sandbox.ts";

test("stays the same when only dates change", () => {
  const { root, write } = sandbox();
  const file = write("folder/a.ts", "a");
  const before = digest(root, ["folder"]);
  utimesSync(file, new Date(0), new Date(0));
  expect(digest(root, ["folder"])).toBe(before);
});

test("changes with a file's content, its name, a new file and a value", () => {
  const { root, write } = sandbox();
  const file = write("folder/a.ts", "a");
  const digests = [digest(root, ["folder"])];
  write("folder/a.ts", "b");
  digests.push(digest(root, ["folder"]));
  renameSync(file, `${file}x`);
  digests.push(digest(root, ["folder"]));
  write("folder/deep/er.ts", "c");
  digests.push(digest(root, ["folder"]));
  digests.push(digest(root, ["folder"], ["value"]));
  digests.push(digest(root, ["folder"], [undefined]));
  expect(new Set(digests).size).toBe(digests.length);
});

test("takes what is not there as absent", () => {
  const { root } = sandbox();
  expect(digest(root, ["nowhere"])).toBe(digest(root, []));
});
