import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Metrics } from "../../../../stand-in/aws/cloudwatch/metrics.ts";
import { createSqs } from "../../../../stand-in/aws/sqs/operations.ts";
import { Queues } from "../../../../stand-in/aws/sqs/queues.ts";
import { graphOf } from "../../templates.ts";

const graph = graphOf({
  Dead: { Type: "AWS::SQS::Queue", Properties: { QueueName: "dead" } },
  Queue: {
    Type: "AWS::SQS::Queue",
    Properties: {
      QueueName: "deliveries",
      VisibilityTimeout: 1,
      RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": ["Dead", "Arn"] }, maxReceiveCount: 1 },
      Tags: [{ Key: "gameday:target", Value: "notifications" }],
    },
  },
  Policy: {
    Type: "AWS::SQS::QueuePolicy",
    Properties: {
      Queues: [{ Ref: "Queue" }],
      PolicyDocument: {
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "events.amazonaws.com" },
            Action: "sqs:SendMessage",
            Resource: { "Fn::GetAtt": ["Queue", "Arn"] },
            Condition: { ArnEquals: { "aws:SourceArn": "arn:rule" } },
          },
        ],
      },
    },
  },
});
const [dead, queue] = graph.ofType("AWS::SQS::Queue");

let now: number;
let queues: Queues;
let metrics: Metrics;
let sqs: ReturnType<typeof createSqs>;
beforeEach(() => {
  now = 1_000_000;
  metrics = new Metrics(() => now);
  queues = new Queues(graph, metrics, () => now);
  sqs = createSqs(queues);
});
afterEach(() => queues.stop());

const call = <T = Record<string, unknown>>(operation: string, input: object, url = queue!.ref) =>
  sqs.operations[operation]!.run({ QueueUrl: url, ...input } as never) as Promise<T>;
const attributes = async (...AttributeNames: string[]) =>
  (await call<{ Attributes: Record<string, string> }>("GetQueueAttributes", { AttributeNames })).Attributes;
const metric = (name: string, stat = "Sum", QueueName = "deliveries") =>
  metrics.statistic("AWS/SQS", name, { QueueName }, stat, 0, Number.POSITIVE_INFINITY);

describe("messages", () => {
  test("are sent, received with what SQS says of them, and deleted", async () => {
    await call("SendMessage", { MessageBody: "hello" });
    const { Messages } = await call<{ Messages: { ReceiptHandle: string }[] }>("ReceiveMessage", {});
    expect(Messages).toMatchObject([
      { Body: "hello", MD5OfBody: "5d41402abc4b2a76b9719d911017c592", Attributes: { ApproximateReceiveCount: "1" } },
    ]);
    expect(await attributes("ApproximateNumberOfMessagesNotVisible")).toEqual({
      ApproximateNumberOfMessagesNotVisible: "1",
    });
    await call("DeleteMessage", { ReceiptHandle: Messages[0]!.ReceiptHandle });
    expect(await attributes("ApproximateNumberOfMessagesNotVisible")).toEqual({
      ApproximateNumberOfMessagesNotVisible: "0",
    });
    expect(["Sent", "Received", "Deleted"].map((what) => metric(`NumberOfMessages${what}`))).toEqual([1, 1, 1]);
  });

  test("that were received too often are in the dead-letter queue, and count there as visible, not as sent", async () => {
    await call("SendMessage", { MessageBody: "poison" });
    await call("ReceiveMessage", {});
    now += 1000;
    expect(await call("ReceiveMessage", {})).toEqual({});
    queues.sample();
    expect(metric("ApproximateNumberOfMessagesVisible", "Maximum", "dead")).toBe(1);
    expect(metric("NumberOfMessagesSent", "Sum", "dead")).toBeUndefined();
    expect(await call("ReceiveMessage", {}, dead!.ref)).toMatchObject({ Messages: [{ Body: "poison" }] });
  });

  test("make the queue's age as long as the oldest of them is there", async () => {
    await call("SendMessage", { MessageBody: "first" });
    now += 90_000;
    queues.sample();
    expect(metric("ApproximateAgeOfOldestMessage", "Maximum")).toBe(90);
  });
});

describe("the queue's policy", () => {
  const send = () => queues.sendByService(queues.byUrl(queue!.ref)!, "events.amazonaws.com", "arn:rule", "event");

  test("lets the rule that it names send, and no other", () => {
    send();
    const other = () => queues.sendByService(queues.byUrl(queue!.ref)!, "events.amazonaws.com", "arn:other", "event");
    expect(other).toThrow(/events.amazonaws.com is not authorized to perform: sqs:SendMessage/);
    expect(queues.look(queues.byUrl(queue!.ref)!).visible).toBe(1);
  });

  test("can be given a deny and be put back, and its absence is not an empty one", async () => {
    const { Policy } = await attributes("Policy");
    const deny = { Effect: "Deny", Principal: "*", Action: "sqs:SendMessage", Resource: queue!.arn };
    const document = JSON.parse(Policy!) as { Statement: object[] };
    document.Statement.push(deny);
    await call("SetQueueAttributes", { Attributes: { Policy: JSON.stringify(document) } });
    expect(send).toThrow(/not authorized/);
    await expect(call("SendMessage", { MessageBody: "x" })).rejects.toMatchObject({ name: "AccessDeniedException" });
    await call("SetQueueAttributes", { Attributes: { Policy } });
    send();
    await call("SetQueueAttributes", { Attributes: { Policy: "" } });
    expect(await attributes("Policy")).toEqual({});
  });
});

test("a call needs its action on the queue, with the queue's tags", () => {
  expect(sqs.operations.SetQueueAttributes!.needs({ QueueUrl: queue!.ref } as never)).toEqual([
    {
      action: "sqs:SetQueueAttributes",
      resource: queue!.arn,
      context: { "aws:ResourceTag/gameday:target": "notifications" },
    },
  ]);
});

test("a queue that is not there, an attribute that is not played and a policy that is no JSON are refused", async () => {
  await expect(async () =>
    sqs.operations.SendMessage!.needs({ QueueUrl: "https://nowhere" } as never),
  ).rejects.toMatchObject({
    name: "QueueDoesNotExist",
  });
  const set = (Attributes: object) => call("SetQueueAttributes", { Attributes });
  await expect(set({ FifoQueue: "true" })).rejects.toMatchObject({ name: "InvalidAttributeName" });
  await expect(set({ Policy: "{" })).rejects.toMatchObject({ name: "InvalidAttributeValue" });
});
