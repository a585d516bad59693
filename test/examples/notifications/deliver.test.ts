import { describe, expect, test } from "vitest";
import { deliver, type Outside } from "../../../examples/notifications/handlers/deliver/deliver.ts";

const notification = {
  orderId: "o-1",
  status: "shipped",
  metadata: { correlation_id: "correlation-1", accepted_at: "2026-11-02T10:00:00.000Z" },
};

/** What the delivery API answers, call by call; a failing call is an error. */
function outsideWith(...answers: (number | Error)[]) {
  const calls: object[] = [];
  const slept: number[] = [];
  const measured: [string, number][] = [];
  const notes: string[] = [];
  const outside: Outside = {
    post: async (body) => {
      calls.push(body);
      const next = answers[calls.length - 1]!;
      if (next instanceof Error) throw next;
      return { status: next };
    },
    now: () => Date.parse("2026-11-02T10:00:07.500Z"),
    random: () => 0.5,
    sleep: async (ms) => void slept.push(ms),
    policy: { attempts: 3, waitSeconds: { least: 3, most: 8 } },
    telemetry: {
      count: (name, value = 1) => measured.push([name, value]),
      milliseconds: (name, value) => measured.push([name, value]),
      note: (sentence, correlationId) => notes.push(`${correlationId} ${sentence}`),
    },
  };
  return { outside, calls, slept, measured, notes };
}

describe("a delivery", () => {
  test("sends what the client sent, without the metadata, and counts", async () => {
    const { outside, calls, measured, notes } = outsideWith(200);
    await deliver(notification, outside);
    expect(calls).toEqual([{ orderId: "o-1", status: "shipped" }]);
    expect(measured).toEqual([
      ["Attempts", 1],
      ["Delivered", 1],
      ["Undelivered", 0],
      ["AgeAtDelivery", 7500],
    ]);
    expect(notes).toEqual(["correlation-1 delivered at attempt 1"]);
  });

  test("is tried again after any failure, with a random wait", async () => {
    const { outside, slept, measured } = outsideWith(429, new Error("no answer"), 201);
    await deliver(notification, outside);
    expect(slept).toEqual([5500, 5500]);
    expect(measured).toContainEqual(["Attempts", 3]);
  });

  test("is given up after the last attempt, with the reason, and without waiting once more", async () => {
    const { outside, slept, measured, notes } = outsideWith(500, 500, 429);
    await expect(deliver(notification, outside)).rejects.toMatchObject({
      name: "Undelivered",
      message: expect.stringContaining("429"),
      cause: { name: "DeliveryRefused", status: 429 },
    });
    expect(slept).toHaveLength(2);
    expect(measured).toEqual([
      ["Undelivered", 1],
      ["Attempts", 3],
    ]);
    expect(notes[0]).toMatch(/^correlation-1 given up after 3 attempts/);
  });
});
