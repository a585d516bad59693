import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** What Biome says of steps, changes, detectors and analysis: they have no clock, environment or chance of their own. */

const root = fileURLToPath(new URL("..", import.meta.url));

/** The lines of a file there that Biome finds fault with. */
function refused(file: string, lines: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "gameday-purity-"));
  for (const name of ["biome.json", "lint"]) cpSync(join(root, name), join(folder, name), { recursive: true });
  mkdirSync(join(folder, file, ".."), { recursive: true });
  writeFileSync(join(folder, file), `${lines.join("\n")}\n`);
  const { stdout } = spawnSync(
    join(root, "node_modules/.bin/biome"),
    ["lint", "--vcs-enabled=false", "--reporter=github", "--max-diagnostics=none", file],
    { cwd: folder, encoding: "utf8" },
  );
  const numbers = [...stdout.matchAll(/^::error [^\n]*\bline=(\d+)/gm)].map(([, line]) => Number(line));
  return lines.filter((_, index) => numbers.includes(index + 1));
}

const FORBIDDEN = [
  'import { randomUUID } from "node:crypto";',
  'import { setTimeout as sleep } from "node:timers/promises";',
  "export const a = Date.now();",
  "export const b = new Date();",
  "export const c = Math.random();",
  "export const d = process.env.HOME;",
  "export const e = performance.now();",
  "export const f = crypto.randomUUID();",
  "export const g = () => setTimeout(() => {}, 1);",
];
const FINE = ["export const h = (at: number) => new Date(at);", "export { randomUUID, sleep };"];

test.each(["functions/steps/x.ts", "functions/changes/x.ts", "functions/detectors/x.ts", "analysis/x.ts"])(
  "a clock, the environment or chance in %s is an error",
  (file) => {
    expect(refused(file, [...FORBIDDEN, ...FINE])).toEqual(FORBIDDEN);
  },
);

test("who hands them in may have them", () => {
  expect(refused("functions/runtime/x.ts", [...FORBIDDEN, ...FINE])).toEqual([]);
});
