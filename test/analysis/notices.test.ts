import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alarmOf, eventOf } from "../../analysis/notices.ts";

const notice = (message: object, changes: object = {}) =>
  JSON.stringify({
    Type: "Notification",
    TopicArn: "arn:aws:sns:eu-central-1:123456789012:shop-alarms",
    Message: JSON.stringify(message),
    ...changes,
  });

describe("a message from a topic", () => {
  test("tells of the alarm that went off", () => {
    expect(alarmOf(notice({ AlarmName: "Shop-Errors", NewStateValue: "ALARM" }))).toEqual({
      alarm: "Shop-Errors",
      topic: "shop-alarms",
    });
  });

  test("that an alarm is OK again, or is no alarm's, tells of none", () => {
    expect(alarmOf(notice({ AlarmName: "Shop-Errors", NewStateValue: "OK" }))).toBeUndefined();
    expect(alarmOf(notice({ text: "hello" }))).toBeUndefined();
    expect(alarmOf(notice({}, { Message: "hello" }))).toBeUndefined();
    expect(alarmOf(notice({}, { Type: "SubscriptionConfirmation" }))).toBeUndefined();
  });
});

test("an event is what has an id, a source and a type", () => {
  const event = { id: "1", source: "my.tool", "detail-type": "Anomaly", detail: { severity: 3 } };
  expect(eventOf(JSON.stringify(event))).toEqual(event);
  expect(eventOf(JSON.stringify({ ...event, source: undefined }))).toBeUndefined();
});

test("whatever else lies in the queue is neither", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
      expect(alarmOf(body)).toBeUndefined();
      expect(eventOf(body)).toBeUndefined();
    }),
  );
});
