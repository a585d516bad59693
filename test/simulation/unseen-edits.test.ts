import { expect, test } from "vitest";
import type { Operator } from "../../simulation/operators.ts";
import { UnseenEdits } from "../../simulation/unseen-edits.ts";
import type { Invocation } from "../../stand-in/aws/operation.ts";

function scene() {
  const overwritten: string[] = [];
  const operator = {
    edits: 0,
    overwritten: (edits: number, field: string) => overwritten.push(`${field}: those after ${edits}`),
  };
  const unseen = new UnseenEdits(operator as unknown as Operator);
  const call = (operation: string, invocation: Invocation) =>
    unseen.note({ service: "sqs", operation, mutates: false, invocation, input: {} });
  return { operator, call, overwritten };
}

const invocation = (): Invocation => ({ step: "UndoFault", state: "UndoFault", input: {}, over: false });

test("what was edited after the step's last reading is overwritten unseen", () => {
  const { operator, call, overwritten } = scene();
  const undo = invocation();
  call("GetQueueAttributes", undo);
  operator.edits = 2;
  call("GetQueueAttributes", undo);
  operator.edits = 3;
  call("SetQueueAttributes", undo);
  expect(overwritten).toEqual(["queue: those after 2"]);
});

test("another step's reading does not count, nor one of something else", () => {
  const { operator, call, overwritten } = scene();
  const undo = invocation();
  call("GetUsagePlan", undo);
  operator.edits = 1;
  call("GetUsagePlan", invocation());
  call("DescribeTable", undo);
  call("UpdateUsagePlan", undo);
  expect(overwritten).toEqual(["usagePlan: those after 0"]);
});
