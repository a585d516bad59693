import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { measureStolenTime } from "../../cli/stolen-time.ts";

const folder = mkdtempSync(join(tmpdir(), "gameday-stat-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "stat");
const stat = (...ticks: number[]) => writeFileSync(file, `cpu  ${ticks.join(" ")}\ncpu0 1 2 3\n`);

test("the share of the time since then that other machines took", () => {
  stat(100, 0, 50, 800, 0, 0, 0, 50, 7, 0);
  const stolen = measureStolenTime(file);
  stat(150, 0, 60, 820, 0, 0, 0, 70, 9, 0);
  expect(stolen()).toBeCloseTo(0.2);
});

test.each([
  ["there is no such file", join(folder, "none")],
  ["it says something else", new URL(import.meta.url).pathname],
])("nothing is said where %s", (_where, other) => {
  expect(measureStolenTime(other)()).toBeUndefined();
});

test("nothing is said of no time at all", () => {
  stat(100, 0, 50, 800, 0, 0, 0, 50);
  expect(measureStolenTime(file)()).toBeUndefined();
});
