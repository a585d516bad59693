import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { isRunning, markOf, thisProcess } from "../../../stand-in/persistence/process.ts";

test("this process runs", () => {
  expect(thisProcess().pid).toBe(process.pid);
  expect(isRunning(thisProcess())).toBe(true);
});

test("a process that has ended does not run", () => {
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  expect(isRunning({ pid, started: "then" })).toBe(false);
  expect(isRunning(markOf(pid))).toBe(false);
});

test("another process that got the same number is not taken for it", () => {
  expect(isRunning({ ...thisProcess(), started: `${thisProcess().started}0` })).toBe(false);
});

test("a process that was killed is gone, whether or not its parent has noticed", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const mark = markOf(child.pid!);
  expect(isRunning(mark)).toBe(true);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isRunning(mark)).toBe(false);
});
