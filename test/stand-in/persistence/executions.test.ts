import { appendFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import type { Ending, Execution } from "../../../stand-in/aws/step-functions/state-machine.ts";
import { WrittenExecutions, writeEvent } from "../../../stand-in/persistence/executions.ts";
import { RegionFolder } from "../../../stand-in/persistence/region-folder.ts";

let root: string;
let saved: RegionFolder;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "gameday-executions-"));
  saved = RegionFolder.create(root, { id: "day-1", drill: "short", target: "orders", reports: "/reports" })!;
});
/** As the next process finds it. */
const reread = () => RegionFolder.find(root, "day-1")!;

function running(name: string) {
  const ending = Promise.withResolvers<Ending>();
  const execution: Execution = {
    arn: `arn:${name}`,
    machineArn: "arn:GameDay",
    name,
    startedAt: new Date("2026-11-21T09:00:00Z"),
    history: [],
    status: "RUNNING",
    ended: ending.promise,
    quiet: ending.promise.then(() => {}),
    stop() {},
  };
  return { execution, end: ending.resolve };
}

describe("an execution", () => {
  test("is written down when it is started, and when it has ended", async () => {
    const { execution, end } = running("day-1");
    new WrittenExecutions(saved).set(execution.arn, execution);
    saved.writeInput(execution.arn, { drill: "control" });
    expect(reread().description.executions).toEqual([
      {
        arn: "arn:day-1",
        machineArn: "arn:GameDay",
        name: "day-1",
        startedAt: "2026-11-21T09:00:00.000Z",
        input: { drill: "control" },
        status: "RUNNING",
      },
    ]);
    end({ status: "FAILED" });
    await execution.quiet;
    expect(reread().description.executions).toMatchObject([{ status: "FAILED", input: { drill: "control" } }]);
  });

  test("that was running is aborted for the next process, which knows its history", async () => {
    const { execution } = running("day-1");
    new WrittenExecutions(saved).set(execution.arn, execution);
    writeEvent(saved, "day-1", { at: 1, type: "TaskStateEntered", state: "Plan", output: { secret: "not written" } });
    writeEvent(saved, "day-1", { at: 2, type: "ExecutionAborted" });
    const former = new WrittenExecutions(reread()).get("arn:day-1")!;
    expect(former.status).toBe("ABORTED");
    expect(await former.ended).toEqual({ status: "ABORTED" });
    expect(former.history).toEqual([
      { at: 1, type: "TaskStateEntered", state: "Plan" },
      { at: 2, type: "ExecutionAborted" },
    ]);
  });

  test("has the events that were whole when the process was killed", () => {
    const { execution } = running("day-1");
    new WrittenExecutions(saved).set(execution.arn, execution);
    writeEvent(saved, "day-1", { at: 1, type: "TaskStateEntered", state: "Plan" });
    appendFileSync(join(saved.folder, "executions/day-1.jsonl"), '{"at":2,"ty');
    expect(new WrittenExecutions(reread()).get("arn:day-1")!.history).toHaveLength(1);
  });
});
