import type { StartExecutionCommandInput } from "@aws-sdk/client-sfn";
import { describe, expect, test } from "vitest";
import type { TriggerRuntime } from "../../../functions/runtime/trigger.ts";
import { startGameDay } from "../../../functions/triggers/start-game-day.ts";
import { ServiceError } from "../../../stand-in/aws/operation.ts";

const order = {
  start: "weekly",
  occasion: { kind: "schedule", scheduledAt: "2026-11-24T09:00:00Z" },
  input: { drill: "control" },
  timeZone: "Europe/Berlin",
  blackouts: ["2026-12-24"],
};

/** Step Functions that knows names, as long as each is asked for once, and a clock. */
function world({ now = "2026-11-24T09:00:10Z", fails }: { now?: string; fails?: Error } = {}) {
  const asked: StartExecutionCommandInput[] = [];
  const notes: string[] = [];
  const runtime: TriggerRuntime = {
    sfn: {
      send: async ({ input }: { input: StartExecutionCommandInput }) => {
        if (fails) throw fails;
        if (asked.some(({ name }) => name === input.name)) throw new ServiceError("ExecutionAlreadyExists", "exists");
        asked.push(input);
      },
    } as unknown as TriggerRuntime["sfn"],
    gameDayArn: "arn:machine",
    clock: { now: () => new Date(now) },
    note: (sentence) => void notes.push(sentence),
  };
  return { asked, notes, call: (event: unknown) => startGameDay.call(event, runtime) };
}

describe("a game day", () => {
  test("starts under the name of its occasion, with its drill", async () => {
    const { asked, notes, call } = world();
    expect(await call(order)).toEqual({ execution: "weekly-20261124T090000Z", started: true });
    expect(asked).toEqual([
      {
        stateMachineArn: "arn:machine",
        name: "weekly-20261124T090000Z",
        input: '{"drill":"control","profile":"full"}',
      },
    ]);
    expect(notes).toEqual([]);
  });

  test("starts once, however often the occasion comes, and that is no error", async () => {
    const { asked, notes, call } = world();
    await call(order);
    expect(await call(order)).toMatchObject({ started: false, why: "it was started before" });
    expect(asked).toHaveLength(1);
    expect(notes).toEqual(["No game day weekly-20261124T090000Z: it was started before."]);
  });

  test("does not start on a blackout, and that is no error either", async () => {
    const { asked, notes, call } = world({ now: "2026-12-24T09:00:05Z" });
    const eve = { ...order, occasion: { kind: "schedule", scheduledAt: "2026-12-24T09:00:00Z" } };
    expect(await call(eve)).toMatchObject({ started: false });
    expect(asked).toEqual([]);
    expect(notes).toEqual([
      'No game day weekly-20261224T090000Z: 2026-12-24 (Europe/Berlin) is a blackout of "weekly".',
    ]);
  });
});

describe("fails", () => {
  test("under a name of its own when Step Functions is busy: Lambda tries again", async () => {
    const { call } = world({ fails: new ServiceError("ThrottlingException", "Rate exceeded") });
    await expect(call(order)).rejects.toMatchObject({ name: "Transient" });
  });

  test("with what the service says when it may not", async () => {
    const { call } = world({ fails: new ServiceError("AccessDeniedException", "no") });
    await expect(call(order)).rejects.toMatchObject({ name: "AccessDeniedException" });
  });

  test("with a list when it is told nonsense, and where that comes from", async () => {
    const { asked, call } = world();
    await expect(call({ ...order, timeZone: "Mars" })).rejects.toThrow(
      "Expected the input of StartGameDay; found timeZone: expected a time zone such as Europe/Berlin. infra/game-day-starts.ts writes it.",
    );
    expect(asked).toEqual([]);
  });
});
