import { describe, expect, test } from "vitest";
import { eachNotification } from "../../../examples/notifications/handlers/deliver/invocation.ts";

const detail = (orderId: string) => ({
  orderId,
  metadata: { correlation_id: `correlation-${orderId}`, accepted_at: "2026-11-02T10:00:00.000Z" },
});
const record = (messageId: string, body: string) => ({ messageId, body });

describe("an event from the bus", () => {
  test("is one notification", async () => {
    const handled: string[] = [];
    await eachNotification({ detail: detail("o-1") }, async ({ orderId }) => void handled.push(orderId));
    expect(handled).toEqual(["o-1"]);
  });

  test("that fails is thrown, for Lambda to try again", async () => {
    const failing = eachNotification({ detail: detail("o-1") }, () => Promise.reject(new Error("no")));
    await expect(failing).rejects.toThrow("no");
  });

  test("that is something else is refused", async () => {
    await expect(eachNotification({ detail: {} }, async () => {})).rejects.toMatchObject({ name: "ZodError" });
  });
});

describe("a batch from the queue", () => {
  test("reports the messages that failed, or make no sense, and no others", async () => {
    const event = {
      Records: [
        record("good", JSON.stringify({ detail: detail("o-1") })),
        record("failing", JSON.stringify({ detail: detail("o-2") })),
        record("broken", "{"),
      ],
    };
    const answer = await eachNotification(event, async ({ orderId }) => {
      if (orderId === "o-2") throw new Error("no");
    });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "failing" }, { itemIdentifier: "broken" }] });
  });
});
