import { describe, expect, test } from "vitest";
import { createSns, type Published } from "../../../../stand-in/aws/sns/operations.ts";
import { graphOf } from "../../templates.ts";

const QUEUE = "arn:aws:sqs:rehearsal-1:000000000000:inbox";
const subscription = (changes: object = {}) => ({
  Type: "AWS::SNS::Subscription",
  Properties: { TopicArn: { Ref: "Alarms" }, Protocol: "sqs", Endpoint: QUEUE, ...changes },
});
const policy = (Statement: object) => ({
  Type: "AWS::SNS::TopicPolicy",
  Properties: { Topics: [{ Ref: "Alarms" }], PolicyDocument: { Statement: [Statement] } },
});

function topicWith(resources: object, refuses = false) {
  const graph = graphOf({
    Alarms: { Type: "AWS::SNS::Topic", Properties: { TopicName: "alarms" } },
    ...resources,
  });
  const published: Published[] = [];
  const queued: { queueArn: string; body: string }[] = [];
  const sns = createSns(graph, published, (queueArn, _topicArn, body) => {
    if (refuses) throw new Error("the queue's policy does not let it");
    queued.push({ queueArn, body });
  });
  const topicArn = graph.ofType("AWS::SNS::Topic")[0]!.ref;
  const tell = () => sns.publishByService("cloudwatch.amazonaws.com", { topicArn, subject: "ALARM", message: "{}" });
  return { tell, published, queued, topicArn };
}

describe("what a service publishes", () => {
  test("gets to the queues that are subscribed, in SNS' envelope or as it is", () => {
    const { tell, queued, topicArn } = topicWith({
      Wrapped: subscription(),
      Raw: subscription({ RawMessageDelivery: true }),
      Mail: subscription({ Protocol: "email", Endpoint: "somebody@example.com" }),
    });
    expect(tell()).toBe(true);
    expect(queued.map(({ queueArn }) => queueArn)).toEqual([QUEUE, QUEUE]);
    const bodies = queued.map(({ body }) => body);
    expect(bodies).toContain("{}");
    expect(JSON.parse(bodies.find((body) => body !== "{}")!)).toMatchObject({
      Type: "Notification",
      TopicArn: topicArn,
      Subject: "ALARM",
      Message: "{}",
    });
  });

  test("is published all the same when a queue does not let it in", () => {
    const { tell, published } = topicWith({ Wrapped: subscription() }, true);
    expect(tell()).toBe(true);
    expect(published).toHaveLength(1);
  });

  test("is refused by a topic whose own policy does not name the service", () => {
    const allow = { Effect: "Allow", Action: "sns:Publish", Resource: "*" };
    const named = { ...allow, Principal: { Service: "cloudwatch.amazonaws.com" } };
    const other = { ...allow, Principal: { Service: "events.amazonaws.com" } };
    expect(topicWith({ Policy: policy(named) }).tell()).toBe(true);
    const { tell, published } = topicWith({ Policy: policy(other) });
    expect(tell()).toBe(false);
    expect(published).toEqual([]);
  });
});
