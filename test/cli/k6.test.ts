import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { locateK6 } from "../../cli/k6.ts";
import { sandbox } from "./setup/sandbox.ts";

test("finds the k6 that the set-up recorded", () => {
  const { program, write } = sandbox();
  const path = program("k6", "true");
  expect(locateK6(pathToFileURL(write("k6.json", JSON.stringify({ path }))))).toBe(path);
});

test("says what to do when there was no set-up, or when that k6 is gone", () => {
  const { root, write } = sandbox();
  expect(() => locateK6(pathToFileURL(`${root}/k6.json`))).toThrow("run `node cli/setup/main.mjs`");
  const record = write("k6.json", JSON.stringify({ path: `${root}/k6` }));
  expect(() => locateK6(pathToFileURL(record))).toThrow("it is gone");
});
