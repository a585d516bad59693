import { describe, expect, test } from "vitest";
import type { Operation } from "../../../../stand-in/aws/operation.ts";
import { playStartExecution } from "../../../../stand-in/aws/step-functions/operations.ts";

const started: string[][] = [];
const { StartExecution } = playStartExecution((machineArn, name, input) => {
  started.push([machineArn, name, input]);
  return { arn: `${machineArn}:${name}`, startedAt: new Date("2026-11-21T09:00:00Z") };
});
const { needs, run } = StartExecution as unknown as Operation<object, object>;

describe("StartExecution", () => {
  test("asks for the permission to start that state machine", () => {
    expect(needs({ stateMachineArn: "arn:machine" })).toEqual([
      { action: "states:StartExecution", resource: "arn:machine" },
    ]);
  });

  test("starts an execution of a name, or of one that nobody chose", async () => {
    expect(await run({ stateMachineArn: "arn:machine", name: "day-1", input: '{"a":1}' })).toEqual({
      executionArn: "arn:machine:day-1",
      startDate: new Date("2026-11-21T09:00:00Z"),
    });
    await run({ stateMachineArn: "arn:machine" });
    expect(started[0]).toEqual(["arn:machine", "day-1", '{"a":1}']);
    expect(started[1]).toEqual(["arn:machine", expect.stringMatching(/^[\da-f-]{36}$/), "{}"]);
  });

  test.each(["", "a b", "x".repeat(81), "weekly:1"])("refuses the name %j", async (name) => {
    await expect(run({ stateMachineArn: "arn:machine", name })).rejects.toMatchObject({ name: "InvalidName" });
  });
  test("refuses an input that is not JSON", async () => {
    const input = { stateMachineArn: "arn:machine", name: "day-2", input: "{" };
    await expect(run(input)).rejects.toMatchObject({ name: "InvalidExecutionInput" });
  });
});
