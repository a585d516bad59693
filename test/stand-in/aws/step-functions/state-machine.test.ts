import type { StateMachineDefinition } from "aws-local-stepfunctions";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type CallTask,
  type ExecutionEvent,
  startExecution,
  tasksOf,
} from "../../../../stand-in/aws/step-functions/state-machine.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-21T09:00:00Z"), toFake: ["setTimeout", "clearTimeout", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const task = (name: string, more: object = {}) => ({
  Type: "Task",
  Resource: `arn:${name}`,
  TimeoutSeconds: 60,
  ...more,
});
const machine = (States: object, more: object = {}) =>
  ({ StartAt: Object.keys(States)[0], States, ...more }) as unknown as StateMachineDefinition;
const CATCH_ALL = [{ ErrorEquals: ["States.ALL"], ResultPath: "$.failure", Next: "CleanUp" }];

/** An execution with its steps as functions by their states' names, and what was called. */
function start(
  definition: StateMachineDefinition,
  steps: Record<string, (input: never) => unknown>,
  input: unknown = {},
) {
  const called: string[] = [];
  const events: ExecutionEvent[] = [];
  const call: CallTask = async (_resource, payload, state) => {
    called.push(state);
    return JSON.stringify((await steps[state]?.(JSON.parse(payload) as never)) ?? null);
  };
  const execution = startExecution(definition, {
    machineArn: "arn:machine",
    arn: "arn:execution",
    name: "day-1",
    input,
    call,
    onEvent: (event) => events.push(event),
  });
  return { execution, called, events };
}
const soon = () => vi.advanceTimersByTimeAsync(0);
const named = (name: string, message = "said so") => Object.assign(new Error(message), { name });
/** A step that ends when the test says so. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  return { step: () => promise, resolve, reject };
}

describe("an execution", () => {
  test("calls its steps with their resource and parameters, and hands on what they return", async () => {
    const seen: unknown[] = [];
    const { execution, called } = start(
      machine({
        Plan: task("plan", {
          Parameters: { "input.$": "$$.Execution.Input", "name.$": "$$.Execution.Name", "id.$": "$$.Execution.Id" },
          ResultPath: "$.plan",
          Next: "Act",
        }),
        Act: task("act", { Parameters: { "plan.$": "$.plan" }, End: true }),
      }),
      {
        Plan: (input) => {
          seen.push(input);
          return { rate: 5 };
        },
        Act: (input) => void seen.push(input),
      },
      { drill: "control" },
    );
    expect(await execution.ended).toEqual({ status: "SUCCEEDED" });
    expect(called).toEqual(["Plan", "Act"]);
    expect(seen).toEqual([{ input: { drill: "control" }, name: "day-1", id: "arn:execution" }, { plan: { rate: 5 } }]);
  });

  test("tells what happens, in the words of Step Functions", async () => {
    const { execution, events } = start(
      machine({ Act: task("act", { Next: "Rest" }), Rest: { Type: "Wait", Seconds: 30, End: true } }),
      { Act: () => ({ a: 1 }) },
    );
    await vi.advanceTimersByTimeAsync(30_000);
    await execution.ended;
    expect(events.map(({ type, state }) => (state ? `${type} ${state}` : type))).toEqual([
      "ExecutionStarted",
      "TaskStateEntered Act",
      "TaskStateExited Act",
      "WaitStateEntered Rest",
      "WaitStateExited Rest",
      "ExecutionSucceeded",
    ]);
    expect(execution.history).toEqual(events);
    expect(events[2]!.output).toEqual({ a: 1 });
    expect(events[4]!.at - events[3]!.at).toBe(30_000);
  });

  test("fails with the error and the cause of its Fail state", async () => {
    const { execution } = start(
      machine({
        Act: task("act", {
          Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.failure", Next: "Failed" }],
          End: true,
        }),
        Failed: { Type: "Fail", ErrorPath: "$.failure.Error", CausePath: "$.failure.Cause" },
      }),
      { Act: () => Promise.reject(named("NotReady", "Expected a; found b.")) },
    );
    expect(await execution.ended).toEqual({ status: "FAILED", error: "NotReady", cause: "Expected a; found b." });
    expect(execution.status).toBe("FAILED");
  });

  test("fails with the error that nobody catches", async () => {
    const { execution } = start(machine({ Act: task("act", { End: true }) }), {
      Act: () => Promise.reject(named("NotReady")),
    });
    expect(await execution.ended).toMatchObject({ status: "FAILED", error: "NotReady", cause: "said so" });
  });

  test("runs a Map's items one after the other when it says so", async () => {
    const seen: string[] = [];
    const { execution } = start(
      machine({
        Each: {
          Type: "Map",
          ItemsPath: "$.faults",
          MaxConcurrency: 1,
          ItemSelector: { "plan.$": "$.plan", "fault.$": "$$.Map.Item.Value" },
          ItemProcessor: {
            ProcessorConfig: { Mode: "INLINE" },
            StartAt: "Inject",
            States: {
              Inject: task("inject", { Next: "Undo", ResultPath: "$.injected" }),
              Undo: task("undo", { End: true }),
            },
          },
          End: true,
        },
      }),
      {
        Inject: ({ fault, plan }: { fault: string; plan: string }) => void seen.push(`inject ${fault} of ${plan}`),
        Undo: ({ fault }: { fault: string }) => void seen.push(`undo ${fault}`),
      },
      { plan: "p", faults: ["a", "b"] },
    );
    expect((await execution.ended).status).toBe("SUCCEEDED");
    expect(seen).toEqual(["inject a of p", "undo a", "inject b of p", "undo b"]);
  });
});

describe("a step that fails", () => {
  const retrying = machine({
    Act: task("act", {
      Retry: [{ ErrorEquals: ["Transient"], IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 2 }],
      Catch: CATCH_ALL,
      Next: "Done",
    }),
    CleanUp: task("clean-up", { Next: "Done" }),
    Done: { Type: "Succeed" },
  });

  test("with an error that is worth another try is tried again, later each time", async () => {
    let attempts = 0;
    const { execution, called } = start(retrying, {
      Act: () => (++attempts < 3 ? Promise.reject(named("Transient")) : "fine"),
    });
    await soon();
    expect(called).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(called).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(called).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await execution.ended).toEqual({ status: "SUCCEEDED" });
    expect(called).toEqual(["Act", "Act", "Act"]);
  });

  test("too often is caught", async () => {
    const { execution, called } = start(retrying, { Act: () => Promise.reject(named("Transient")) });
    await vi.advanceTimersByTimeAsync(60_000);
    await execution.ended;
    expect(called).toEqual(["Act", "Act", "Act", "CleanUp"]);
  });

  test("with another error is caught at once", async () => {
    const { execution, called } = start(retrying, { Act: () => Promise.reject(named("NotReady")) });
    await execution.ended;
    expect(called).toEqual(["Act", "CleanUp"]);
  });

  test("to answer in time is given up on, but goes on, and quiet comes after it", async () => {
    const slow = held();
    const { execution, called } = start(retrying, { Act: slow.step });
    let quiet = false;
    void execution.quiet.then(() => {
      quiet = true;
    });
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await execution.ended).status).toBe("SUCCEEDED");
    expect(called).toEqual(["Act", "CleanUp"]);
    expect(quiet).toBe(false);
    slow.resolve("late");
    await soon();
    expect(quiet).toBe(true);
  });
});

describe("an execution that is stopped", () => {
  const twoSteps = machine({
    Act: task("act", {
      Retry: [{ ErrorEquals: ["Transient"], IntervalSeconds: 1, MaxAttempts: 3 }],
      Catch: CATCH_ALL,
      Next: "After",
    }),
    After: task("after", { Next: "Done" }),
    CleanUp: task("clean-up", { Next: "Done" }),
    Done: { Type: "Succeed" },
  });

  test("is gone at once; its step goes on to its end, and no other begins", async () => {
    const slow = held();
    const { execution, called } = start(twoSteps, { Act: slow.step });
    await soon();
    let quiet = false;
    void execution.quiet.then(() => {
      quiet = true;
    });
    execution.stop();
    await soon();
    expect(await execution.ended).toEqual({ status: "ABORTED" });
    expect(quiet).toBe(false);
    slow.resolve("late");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(quiet).toBe(true);
    expect(called).toEqual(["Act"]);
  });

  test("runs no Catch and no Retry when its step fails afterwards", async () => {
    const slow = held();
    const { execution, called } = start(twoSteps, { Act: slow.step });
    await soon();
    execution.stop();
    slow.reject(named("Transient"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await execution.ended).status).toBe("ABORTED");
    expect(called).toEqual(["Act"]);
  });

  test("while it waits for another try does not try again", async () => {
    const { execution, called } = start(twoSteps, { Act: () => Promise.reject(named("Transient")) });
    await soon();
    execution.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await execution.ended).status).toBe("ABORTED");
    expect(called).toEqual(["Act"]);
  });

  test("while it waits is gone at once", async () => {
    const waiting = machine({
      Rest: { Type: "Wait", Seconds: 3600, Next: "After" },
      After: task("after", { End: true }),
    });
    const { execution, called } = start(waiting, {});
    await soon();
    execution.stop();
    await soon();
    expect(await execution.ended).toEqual({ status: "ABORTED" });
    await vi.advanceTimersByTimeAsync(7_200_000);
    expect(called).toEqual([]);
  });

  test("in a Map starts none of the items that wait", async () => {
    const slow = held();
    const mapped = machine({
      Each: {
        Type: "Map",
        ItemsPath: "$.items",
        MaxConcurrency: 1,
        ItemProcessor: { StartAt: "Act", States: { Act: task("act", { End: true }) } },
        Catch: CATCH_ALL,
        End: true,
      },
      CleanUp: task("clean-up", { End: true }),
    });
    const { execution, called } = start(mapped, { Act: slow.step }, { items: [1, 2, 3] });
    await soon();
    execution.stop();
    slow.resolve({});
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await execution.ended).status).toBe("ABORTED");
    expect(called).toEqual(["Act"]);
  });

  test("after its end stays what it was", async () => {
    const { execution } = start(twoSteps, {});
    await execution.ended;
    execution.stop();
    await soon();
    expect(execution.status).toBe("SUCCEEDED");
  });
});

describe("an execution that takes too long", () => {
  test("is timed out: no Catch runs, its step goes on to its end, and no other begins", async () => {
    const slow = held();
    const { execution, called } = start(
      machine(
        {
          Act: task("act", { TimeoutSeconds: 600, Catch: CATCH_ALL, Next: "After" }),
          After: task("after", { End: true }),
          CleanUp: task("clean-up", { End: true }),
        },
        { TimeoutSeconds: 10 },
      ),
      { Act: slow.step },
    );
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await execution.ended).status).toBe("TIMED_OUT");
    slow.resolve({});
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(called).toEqual(["Act"]);
  });
});

describe("a state that grows too large", () => {
  const big = (bytes: number) => ({ text: "x".repeat(bytes) });
  const caught = machine({
    Act: task("act", { Catch: CATCH_ALL, ResultPath: "$.act", Next: "After" }),
    After: task("after", { End: true }),
    CleanUp: task("clean-up", { End: true }),
  });

  test("ends the execution, and no Catch helps, as on AWS", async () => {
    const { execution, called } = start(caught, { Act: () => big(256 * 1024) });
    expect(await execution.ended).toMatchObject({
      status: "FAILED",
      error: "States.DataLimitExceeded",
      cause: expect.stringMatching(/^the output of Act has \d+ bytes; the limit is 262144$/),
    });
    expect(called).toEqual(["Act"]);
  });

  test("counts bytes, not letters", async () => {
    const { execution } = start(caught, { Act: () => ({ text: "ä".repeat(140_000) }) });
    expect((await execution.ended).error).toBe("States.DataLimitExceeded");
  });

  test("may be as large as AWS allows", async () => {
    const { execution } = start(caught, { Act: () => big(100_000) });
    expect((await execution.ended).status).toBe("SUCCEEDED");
  });

  test("of which a step gets all is refused before the step", async () => {
    const { execution, called } = start(caught, { Act: () => big(200_000) }, big(100_000));
    expect(await execution.ended).toMatchObject({
      error: "States.DataLimitExceeded",
      cause: expect.stringContaining("the input of After"),
    });
    expect(called).toEqual(["Act"]);
  });
});

test("tasks are found in Maps too", () => {
  const definition = machine({
    Plan: task("plan", { Next: "Each" }),
    Each: { Type: "Map", ItemProcessor: { StartAt: "Act", States: { Act: task("act", { End: true }) } }, End: true },
  });
  expect(tasksOf(definition)).toEqual([
    ["Plan", "arn:plan"],
    ["Act", "arn:act"],
  ]);
});
