import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runStep } from "../../../cli/setup/steps.mjs";
import { sandbox } from "./sandbox.ts";

function step() {
  const { root } = sandbox();
  const state = { inputs: "1", ready: true, runs: 0, fails: false };
  return {
    state,
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
