import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { FisState } from "../../../stand-in/aws/fis/operations.ts";
import { keptExperiments } from "../../../stand-in/persistence/experiments.ts";

const folder = mkdtempSync(join(tmpdir(), "gameday-experiments-"));
const file = join(folder, "experiments.json");
afterEach(() => rmSync(file, { force: true }));

test("there is nothing before anything was kept", () => {
  expect(keptExperiments(file).read()).toBeUndefined();
});

test("what was kept is read back, its times as dates", () => {
  const template = { id: "EXT1", creationTime: new Date(1000), tags: { "gameday:id": "day-1/0" } };
  const state: FisState = {
    templates: [{ token: "token", template }],
    deleted: [],
    experiments: [
      {
        token: "token",
        experiment: {
          id: "EXP1",
          state: { status: "running" },
          startTime: new Date(2000),
          actions: { fault: { actionId: "aws:lambda:invocation-error", startTime: new Date(2000) } },
        },
      },
    ],
  };
  keptExperiments(file).write(state);
  expect(keptExperiments(file).read()).toEqual(state);
});
