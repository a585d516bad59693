import { describe, expect, test } from "vitest";
import type { Notification } from "../../../examples/notifications/handlers/notification.ts";
import { accept, NotForwarded } from "../../../examples/notifications/handlers/notify/accept.ts";

const outsideWith = (forward: (notification: Notification) => Promise<void>) => ({
  forward,
  correlationId: () => "correlation-1",
  now: () => new Date("2026-11-02T10:00:00.250Z"),
});

describe("a notification", () => {
  test("is forwarded as the client sent it, with a correlation id and the time under a key of their own", async () => {
    const forwarded: Notification[] = [];
    const answer = await accept(
      JSON.stringify({ orderId: "o-1", status: "shipped", carrier: "post" }),
      outsideWith(async (notification) => void forwarded.push(notification)),
    );
    expect(answer).toEqual({ statusCode: 202, body: JSON.stringify({ correlationId: "correlation-1" }) });
    expect(forwarded).toEqual([
      {
        orderId: "o-1",
        status: "shipped",
        carrier: "post",
        metadata: { correlation_id: "correlation-1", accepted_at: "2026-11-02T10:00:00.250Z" },
      },
    ]);
  });

  test.each([
    ["nothing", undefined],
    ["no JSON", "{"],
    ["no order", JSON.stringify({ status: "shipped" })],
    ["metadata of its own", JSON.stringify({ orderId: "o-1", metadata: { correlation_id: "mine" } })],
  ])("with %s is the client's mistake, and goes nowhere", async (_what, body) => {
    const { statusCode, body: text } = await accept(
      body,
      outsideWith(() => expect.fail("it was forwarded")),
    );
    expect(statusCode).toBe(400);
    expect(JSON.parse(text)).toEqual({ message: [expect.any(String)] });
  });

  test("that the bus does not take is no success", async () => {
    const refused = accept(
      JSON.stringify({ orderId: "o-1" }),
      outsideWith(() => Promise.reject(new NotForwarded("ThrottlingException: slow down"))),
    );
    await expect(refused).rejects.toMatchObject({ name: "NotForwarded" });
  });
});
