import { describe, expect, test } from "vitest";
import { alarmOf } from "../../../../analysis/notices.ts";
import { tellOfAlarm } from "../../../../stand-in/aws/cloudwatch/alarm-actions.ts";
import type { AlarmState } from "../../../../stand-in/aws/cloudwatch/alarms.ts";
import { type Event, matchesPattern } from "../../../../stand-in/aws/eventbridge/patterns.ts";
import type { Published } from "../../../../stand-in/aws/sns/operations.ts";

const TOPIC = "arn:aws:sns:rehearsal-1:000000000000:alarms";
const alarm = {
  name: "Orders-Errors",
  arn: "arn:aws:cloudwatch:rehearsal-1:000000000000:alarm:Orders-Errors",
  actions: { ALARM: [TOPIC, "arn:aws:lambda:rehearsal-1:000000000000:function:f"], OK: [], INSUFFICIENT_DATA: [] },
};

function told(to: AlarmState) {
  const events: Event[] = [];
  const published: Published[] = [];
  const sns = {
    publishByService: (_service: string, one: Published) => {
      published.push(one);
      return true;
    },
  };
  const at = new Date("2026-11-21T09:00:00Z");
  tellOfAlarm({ alarm, at, from: "OK", to, reason: "r" }, { sns, put: (event) => events.push(event) });
  return { events, published };
}

describe("an alarm that goes off", () => {
  test("tells the topics among its actions, in words that the inbox understands", () => {
    const { published } = told("ALARM");
    expect(published.map(({ topicArn }) => topicArn)).toEqual([TOPIC]);
    const body = { Type: "Notification", TopicArn: TOPIC, Message: published[0]!.message };
    expect(alarmOf(JSON.stringify(body))).toEqual({ alarm: "Orders-Errors", topic: "alarms" });
  });

  test("puts an event on the bus, which a rule on it matches", () => {
    const pattern = {
      source: ["aws.cloudwatch"],
      "detail-type": ["CloudWatch Alarm State Change"],
      resources: [alarm.arn],
      detail: { state: { value: ["ALARM"] } },
    };
    expect(told("ALARM").events.map((event) => matchesPattern(pattern, event))).toEqual([true]);
    expect(told("OK").events.map((event) => matchesPattern(pattern, event))).toEqual([false]);
  });

  test("that is OK again tells nobody who is not among its actions for that", () => {
    expect(told("OK").published).toEqual([]);
  });
});
