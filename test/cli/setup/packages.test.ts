import { expect, test } from "vitest";
import { matchesLock } from "../../../cli/setup/packages.mjs";
import { sandbox } from "./sandbox.ts";

const lock = {
  packages: {
    "": { version: "0.1.0" },
    "node_modules/zod": { version: "4.6.7" },
    "node_modules/@esbuild/aix": { version: "0.28.2", optional: true },
  },
};

function installed(packages: Record<string, { version: string }> | undefined) {
  const { root, write } = sandbox();
  write("package-lock.json", JSON.stringify(lock));
  if (packages) write("node_modules/.package-lock.json", JSON.stringify({ packages }));
  return matchesLock(root);
}

test("an installation by hand counts, without the packages of other platforms", () => {
  expect(installed({ "node_modules/zod": { version: "4.6.7" } })).toBe(true);
});

test.each([
  ["nothing is installed", undefined],
  ["a package is missing", {}],
  ["a package has another version", { "node_modules/zod": { version: "4.6.6" } }],
])("it does not when %s", (_, packages) => {
  expect(installed(packages)).toBe(false);
});
