import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { startTask, type TaskProcess } from "../../../../stand-in/aws/ecs/task-process.ts";
import { folderOfModules } from "../lambda/bundles.ts";

const modules = folderOfModules();
afterAll(() => modules.remove());

let started: TaskProcess[] = [];
afterEach(async () => {
  await Promise.all(started.map((task) => task.stop(0)));
  started = [];
});

/** A task that runs this script, and what it has written so far. */
function run(text: string, variables: Record<string, string> = {}) {
  let output = "";
  const task = startTask(modules.write(text), variables, (line) => {
    output += `${line}\n`;
  });
  started.push(task);
  return {
    task,
    output: () => output,
    async said(words: string) {
      while (!output.includes(words)) await sleep(5);
    },
    async ended() {
      while (task.running) await sleep(5);
      return task.exitCode;
    },
  };
}
const STAYS = "setInterval(() => {}, 1000);";

describe("a task", () => {
  test("that ends by itself leaves its exit code", async () => {
    const { task, ended } = run("process.exit(3);");
    expect(task.running).toBe(true);
    expect(await ended()).toBe(3);
    await task.stop(10_000);
    expect(task.exitCode).toBe(3);
  });

  test("has the environment that it is given, and is told to stop with us", async () => {
    const { said, output } = run("console.log(JSON.stringify(process.env)); console.log('done');", {
      GAME_DAY: "day-1",
    });
    await said("done");
    expect(JSON.parse(output().split("\n")[0]!)).toMatchObject({ GAME_DAY: "day-1", STOP_WITH_STDIN: "1" });
    expect(output()).not.toContain("VITEST");
  });

  test("whose script is not there ends with an error that is told", async () => {
    const lines: string[] = [];
    const task = startTask("/nowhere/worker.mjs", {}, (line) => lines.push(line));
    started.push(task);
    while (task.running || lines.length === 0) await sleep(5);
    expect(task.exitCode).toBe(1);
    expect(lines.join("\n")).toContain("/nowhere/worker.mjs");
  });
});

describe("a task that is stopped", () => {
  test("is asked first, and may finish what it is at", async () => {
    const { task, said, output } = run(`
      process.on("SIGTERM", () => setTimeout(() => { console.log("sealed"); process.exit(0); }, 50));
      ${STAYS} console.log("up");`);
    await said("up");
    await task.stop(10_000);
    expect(task).toMatchObject({ running: false, exitCode: 0 });
    await said("sealed");
    expect(output()).toContain("sealed");
  });

  test("is killed when it does not listen", async () => {
    const { task, said } = run(`process.on("SIGTERM", () => console.log("never")); ${STAYS} console.log("up");`);
    await said("up");
    await task.stop(100);
    await said("never");
    expect(task).toMatchObject({ running: false, exitCode: 137 });
  });

  test("without ears for it is ended by the signal", async () => {
    const { task, said } = run(`${STAYS} console.log("up");`);
    await said("up");
    await task.stop(10_000);
    expect(task.exitCode).toBe(143);
  });
});
