import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Interrupted, run } from "../../../cli/setup/run.mjs";
import { runSideBySide, runStep } from "../../../cli/setup/steps.mjs";
import { sandbox } from "./sandbox.ts";

function step(name = "a step") {
  const { root } = sandbox();
  const state = { inputs: "1", ready: true, runs: 0, fails: false };
  return {
    state,
    name,
    stamp: join(root, "stamps/step"),
    digest: () => state.inputs,
    ready: () => state.ready,
    run: async () => {
      state.runs += 1;
      if (state.fails) throw new Error("interrupted");
    },
  };
}

test("a step runs once while its inputs stay the same", async () => {
  const once = step();
  await runStep(once);
  await runStep(once);
  expect(once.state.runs).toBe(1);
});

test("it runs again when its inputs change or its output is gone", async () => {
  const again = step();
  await runStep(again);
  again.state.inputs = "2";
  await runStep(again);
  again.state.ready = false;
  await runStep(again);
  expect(again.state.runs).toBe(3);
});

test("a step that fails leaves no stamp, not even that of an earlier run", async () => {
  const failing = step();
  await runStep(failing);
  Object.assign(failing.state, { inputs: "2", fails: true });
  await expect(runStep(failing)).rejects.toThrow("interrupted");
  expect(existsSync(failing.stamp)).toBe(false);
  Object.assign(failing.state, { inputs: "1", fails: false });
  await runStep(failing);
  expect(failing.state.runs).toBe(3);
});

type Means = { stop: AbortSignal };

/** Two steps of which the second lasts until somebody stops it. */
function besideLong(first: () => Promise<void>) {
  const quick = { ...step("packages"), run: first };
  const long = step("k6");
  const ended: string[] = [];
  const lasts = async ({ stop }: Means) => {
    await run("sleep", ["60"], { stop }).catch((error: Error) => {
      ended.push(error.name);
      throw error;
    });
  };
  const next = step("bundles");
  const stop = new AbortController();
  const both = runSideBySide([[quick, next], [{ ...long, run: lasts }]], { progress: undefined, stop });
  return { both, stop, next, long, ended };
}

test("chains run side by side, each in its order", async () => {
  const order: string[] = [];
  const noting = (name: string, ms: number) => ({
    ...step(name),
    run: async () => {
      order.push(`${name} begins`);
      await sleep(ms);
      order.push(`${name} ends`);
    },
  });
  const chains = [[noting("a", 20), noting("b", 120)], [noting("c", 60)]];
  await runSideBySide(chains, { progress: undefined, stop: new AbortController() });
  expect(order).toEqual(["a begins", "c begins", "a ends", "b begins", "c ends", "b ends"]);
});

test("the first that fails is named, and what runs beside it is ended before that is told", async () => {
  const { both, next, long, ended } = besideLong(async () => {
    await sleep(50);
    throw new Error("npm ci ended with 1");
  });
  await expect(both).rejects.toThrow(/^packages: npm ci ended with 1$/);
  expect(ended).toEqual(["Interrupted"]);
  expect(next.state.runs).toBe(0);
  expect(existsSync(long.stamp)).toBe(false);
});

test("a signal ends all of them", async () => {
  const { both, stop, next, ended } = besideLong(() => sleep(50));
  setTimeout(() => stop.abort(new Interrupted("SIGINT")), 20);
  await expect(both).rejects.toThrow(/^interrupted by SIGINT$/);
  expect(ended).toEqual(["Interrupted"]);
  expect(next.state.runs).toBe(0);
});
