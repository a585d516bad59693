import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { events } from "../../../functions/detectors/events.ts";
import type { FaultWindow } from "../../../functions/detectors/fault-window.ts";
import { readInbox } from "../../../functions/detectors/inbox.ts";
import { notification } from "../../../functions/detectors/notification.ts";
import type { Runtime } from "../../../functions/runtime/step.ts";
import { Metrics } from "../../../stand-in/aws/cloudwatch/metrics.ts";
import { createEventBridge } from "../../../stand-in/aws/eventbridge/operations.ts";
import { createSqs } from "../../../stand-in/aws/sqs/operations.ts";
import { Queues } from "../../../stand-in/aws/sqs/queues.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { samplePlan, target } from "../../workflows/sample.ts";
import { clientFor, runtimeFor } from "../runtime-for.ts";

const NINE = Date.parse("2026-11-21T09:00:00Z");
const graph = graphOf({ Inbox: { Type: "AWS::SQS::Queue", Properties: { QueueName: "inbox" } } });

let now: number;
let queues: Queues;
let runtime: Runtime;
let window: FaultWindow;

beforeEach(() => {
  now = NINE;
  queues = new Queues(graph, new Metrics(() => now), () => now);
  const { runtime: base } = runtimeFor({ documents: {} as never });
  const clients = {
    ...base.clients,
    sqs: clientFor(createSqs(queues)) as never,
    eventbridge: clientFor(createEventBridge({ graph, rules: [], put: () => {} })) as never,
    cloudwatch: { send: async () => ({ MetricAlarms: [], CompositeAlarms: [] }) } as never,
  };
  runtime = { ...base, clients };
  const [inbox] = queues.records.values();
  window = {
    plan: samplePlan({ target: { ...target, inbox: inbox!.url } }),
    fault: samplePlan().faults[0]!,
    baseline: [],
    baselineFrom: NINE,
    inEffectAt: NINE + 600_000,
    faultUntil: NINE + 900_000,
    listenUntil: NINE + 1_000_000,
    over: true,
  };
});
afterEach(() => queues.stop());

function arrive(atSeconds: number, body: object): void {
  now = NINE + atSeconds * 1000;
  queues.send([...queues.records.values()][0]!, JSON.stringify(body));
}
const alarm = (NewStateValue: string) => ({
  Type: "Notification",
  TopicArn: "arn:aws:sns:eu-central-1:123456789012:shop-alarms",
  Message: JSON.stringify({ AlarmName: "Shop-Errors", NewStateValue }),
});
const event = (severity: number) => ({
  version: "0",
  id: "e1",
  source: "my.tool",
  "detail-type": "Anomaly",
  account: "1",
  region: "r",
  time: "2026-11-21T09:11:00Z",
  resources: [],
  detail: { severity },
});

describe("the inbox", () => {
  test("gives what arrived since the baseline began, as often as it is asked, and nothing of before", async () => {
    arrive(-60, { of: "yesterday" });
    arrive(30, { of: "today" });
    for (let look = 0; look < 2; look++) {
      expect((await readInbox(window, runtime))!.map(({ body }) => JSON.parse(body))).toEqual([{ of: "today" }]);
    }
    arrive(60, { of: "later" });
    expect(await readInbox(window, runtime)).toHaveLength(2);
  });

  test("loses nothing to a step that dies between reading and deleting", async () => {
    arrive(30, { of: "today" });
    const { sqs } = runtime.clients;
    const dying = {
      send: async (command: { constructor: { name: string } }) => {
        if (command.constructor.name === "DeleteMessageCommand") throw new Error("the function is gone");
        return sqs.send(command as never);
      },
    };
    const dead: Runtime = { ...runtime, clients: { ...runtime.clients, sqs: dying as never } };
    await expect(readInbox(window, dead)).rejects.toThrow("the function is gone");
    expect(await readInbox(window, runtime)).toHaveLength(1);
    // Delivered once more when it is visible again, it is still one message.
    now += 60_000;
    expect(await readInbox(window, runtime)).toHaveLength(1);
  });
});

describe("a notification", () => {
  test("is noticed when it arrives, with how long it took", async () => {
    arrive(30, alarm("ALARM"));
    arrive(663, alarm("ALARM"));
    expect(await notification(window, runtime, {})).toEqual({
      outcome: "detected",
      detectedAt: NINE + 663_000,
      detail: "topic shop-alarms told of Shop-Errors",
    });
  });

  test("that an alarm is OK again wakes nobody", async () => {
    arrive(700, alarm("OK"));
    expect(await notification(window, runtime, {})).toMatchObject({ outcome: "not-detected" });
  });

  test("cannot arrive where there is no inbox", async () => {
    const { inbox: _, ...without } = window.plan.target;
    const blind = { ...window, plan: { ...window.plan, target: without } };
    expect(await notification(blind, runtime, {})).toMatchObject({ outcome: "could-not-tell" });
  });
});

describe("an event of another product", () => {
  const pattern = { source: ["my.tool"], detail: { severity: [{ numeric: [">=", 5] }] } };

  test("is noticed when it matches the drill's pattern", async () => {
    arrive(650, event(3));
    arrive(660, event(7));
    expect(await events(window, runtime, { pattern })).toEqual({
      outcome: "detected",
      detectedAt: NINE + 660_000,
      detail: "my.tool: Anomaly",
    });
  });

  test("that does not match is counted, and one of before the fault is not", async () => {
    arrive(60, event(9));
    arrive(650, event(3));
    expect(await events(window, runtime, { pattern })).toMatchObject({
      outcome: "not-detected",
      detail: "none of 1 events in the inbox matches",
    });
  });
});
