import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blackoutOf, executionNameOf, StartOrder } from "../../workflows/start-order.ts";

const order = (changes: object = {}): StartOrder =>
  StartOrder.parse({
    start: "weekly",
    occasion: { kind: "schedule", scheduledAt: "2026-11-24T09:00:00Z" },
    input: { drill: "control" },
    timeZone: "Europe/Berlin",
    blackouts: [],
    ...changes,
  });

describe("the name of an execution", () => {
  test("is made of the start and its time, or its event", () => {
    expect(executionNameOf(order())).toBe("weekly-20261124T090000Z");
    const occasion = { kind: "event", id: "7f4c1a52-95a5-4be1-8d6c-fcd1a1a0d0f5", at: "2026-11-24T09:00:00Z" };
    expect(executionNameOf(order({ occasion }))).toBe("weekly-7f4c1a52-95a5-4be1-8d6c-fcd1a1a0d0f5");
  });

  test("is one that Step Functions and a plan take, and another one for another occasion", () => {
    const start = fc.stringMatching(/^[a-z][a-z0-9-]{0,39}$/);
    const event = fc.record({ kind: fc.constant("event"), id: fc.uuid(), at: fc.constant("2026-11-24T09:00:00Z") });
    const schedule = fc.record({
      kind: fc.constant("schedule"),
      scheduledAt: fc
        .date({ min: new Date("2024-01-01"), max: new Date("2099-12-31"), noInvalidDate: true })
        .map((at) => `${at.toISOString().slice(0, 19)}Z`),
    });
    const occasion = fc.oneof(event, schedule);
    fc.assert(
      fc.property(start, occasion, occasion, (start, one, other) => {
        const name = executionNameOf(order({ start, occasion: one }));
        expect(name).toMatch(/^[\w-]{1,80}$/);
        expect(name === executionNameOf(order({ start, occasion: other }))).toBe(
          JSON.stringify(one) === JSON.stringify(other),
        );
      }),
    );
  });
});

describe("no game day starts", () => {
  const blackouts = ["2026-11-24"];
  const at = (scheduledAt: string) => ({ occasion: { kind: "schedule", scheduledAt }, blackouts });

  test("on a blackout, by the date for which it was wanted", () => {
    expect(blackoutOf(order(at("2026-11-24T22:55:00Z")), new Date("2026-11-24T23:05:00Z"))).toBe("2026-11-24");
  });

  test("nor by the date on which it would begin, late in its window", () => {
    expect(blackoutOf(order(at("2026-11-23T22:55:00Z")), new Date("2026-11-23T23:05:00Z"))).toBe("2026-11-24");
    expect(blackoutOf(order(at("2026-11-23T22:50:00Z")), new Date("2026-11-23T22:55:00Z"))).toBeUndefined();
  });

  test("after an event of such a date", () => {
    const occasion = { kind: "event", id: "e-1", at: "2026-11-24T10:00:00Z" };
    expect(blackoutOf(order({ occasion, blackouts }), new Date("2026-11-24T10:00:01Z"))).toBe("2026-11-24");
  });
});

test.each([
  ["a name that is none", { start: "Weekly!" }],
  ["no such zone", { timeZone: "Mars/Olympus" }],
  ["no such date", { blackouts: ["2026-02-30"] }],
  ["another occasion", { occasion: { kind: "mood" } }],
  ["an id that no name can have in it", { occasion: { kind: "event", id: "a b", at: "2026-11-24T10:00:00Z" } }],
  ["a wrong profile", { input: { profile: "quick" } }],
])("an order with %s is refused", (_what, changes) => {
  expect(() => order(changes)).toThrow();
});
