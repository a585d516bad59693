import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { locked } from "../../../cli/setup/lock.mjs";
import { sandbox } from "./sandbox.ts";

const quiet = () => true;

test("two never work at the same time", async () => {
  const file = `${sandbox().root}/lock`;
  let working = 0;
  const work = async () => {
    working += 1;
    await sleep(50);
    expect(working).toBe(1);
    working -= 1;
  };
  await Promise.all([locked(file, work, quiet), locked(file, work, quiet), locked(file, work, quiet)]);
  expect(existsSync(file)).toBe(false);
});

test("takes over the lock of a process that is gone", async () => {
  const { write } = sandbox();
  const gone = spawnSync(process.execPath, ["-e", ""]).pid;
  const file = write("lock", String(gone));
  expect(await locked(file, async () => "worked", quiet)).toBe("worked");
});

test("lets go when the work fails", async () => {
  const file = `${sandbox().root}/lock`;
  await expect(locked(file, () => Promise.reject(new Error("no")), quiet)).rejects.toThrow("no");
  expect(existsSync(file)).toBe(false);
});
