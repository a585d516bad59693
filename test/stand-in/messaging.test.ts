import { describe, expect, test } from "vitest";
import { Metrics } from "../../stand-in/aws/cloudwatch/metrics.ts";
import type { Answer } from "../../stand-in/aws/lambda/execution-environment.ts";
import type { Functions } from "../../stand-in/aws/lambda/functions.ts";
import { createLambda } from "../../stand-in/aws/lambda/operations.ts";
import { Queues } from "../../stand-in/aws/sqs/queues.ts";
import { createIdentities } from "../../stand-in/iam/identities.ts";
import { createMessaging, type Messaging } from "../../stand-in/messaging.ts";
import type { Template } from "../../stand-in/templates/cfn/assembly.ts";
import { released } from "./releases.ts";
import { graphOf } from "./templates.ts";

const resources = (): Template["Resources"] => ({
  Role: {
    Type: "AWS::IAM::Role",
    Properties: {
      Policies: [
        {
          PolicyDocument: {
            Statement: [
              {
                Effect: "Allow",
                Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                Resource: { "Fn::GetAtt": ["Queue", "Arn"] },
              },
            ],
          },
        },
      ],
    },
  },
  Fn: { Type: "AWS::Lambda::Function", Properties: { Role: { "Fn::GetAtt": ["Role", "Arn"] }, Timeout: 20 } },
  Queue: { Type: "AWS::SQS::Queue", Properties: { VisibilityTimeout: 30 } },
  Dead: { Type: "AWS::SQS::Queue" },
  Policy: {
    Type: "AWS::SQS::QueuePolicy",
    Properties: {
      Queues: [{ Ref: "Dead" }],
      PolicyDocument: {
        Statement: {
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: "*",
        },
      },
    },
  },
  Mapping: {
    Type: "AWS::Lambda::EventSourceMapping",
    Properties: { FunctionName: { Ref: "Fn" }, EventSourceArn: { "Fn::GetAtt": ["Queue", "Arn"] } },
  },
  Rule: { Type: "AWS::Events::Rule", Properties: { Name: "rule" } },
  Permission: {
    Type: "AWS::Lambda::Permission",
    Properties: {
      Action: "lambda:InvokeFunction",
      FunctionName: { "Fn::GetAtt": ["Fn", "Arn"] },
      Principal: "events.amazonaws.com",
      SourceArn: { "Fn::GetAtt": ["Rule", "Arn"] },
    },
  },
});

/** Builds it, lets it be used and takes it down. */
async function using<T>(
  change: (resources: Template["Resources"]) => void,
  use: (
    messaging: Messaging,
    parts: { arn(id: string): string; queues: Queues; metrics: Metrics; invoked: unknown[]; invokedArns: string[] },
  ) => T,
): Promise<T> {
  const changed = resources();
  change(changed);
  const graph = graphOf(changed);
  const metrics = new Metrics(() => 0);
  const queues = new Queues(graph, metrics);
  const invoked: unknown[] = [];
  const invokedArns: string[] = [];
  const invoke = async (invokedArn: string, event: unknown): Promise<Answer> => {
    invoked.push(event);
    invokedArns.push(invokedArn);
    return { result: null };
  };
  try {
    const messaging = createMessaging({
      ...{ graph, metrics, queues, updateMs: 0 },
      identities: createIdentities(graph),
      functions: { invoke } as unknown as Functions,
      records: createLambda({
        resources: graph.ofType("AWS::Lambda::Function"),
        takeEffect: async () => {},
        updateMs: 0,
      }).functions,
    });
    messaging.open();
    try {
      const arn = (id: string) => graph.resources.find(({ logicalId }) => logicalId === id)!.arn!;
      return await use(messaging, { arn, queues, metrics, invoked, invokedArns });
    } finally {
      messaging.stop();
    }
  } finally {
    queues.stop();
  }
}
const asIs = () => {};

describe("an event source mapping that Lambda would refuse is refused", () => {
  test.each<[string, RegExp, (resources: Template["Resources"]) => void]>([
    [
      "for a message that is hidden for less time than the function may take",
      /visibility timeout: 10 seconds is less than function timeout: 20 seconds/,
      ({ Queue }) => Object.assign(Queue!, { Properties: { VisibilityTimeout: 10 } }),
    ],
    [
      "for a role that may not read the queue",
      /Test\/Mapping: the function's role does not have permissions to call sqs:ReceiveMessage/,
      ({ Role }) => Object.assign(Role!, { Properties: {} }),
    ],
    [
      "for a source that is not played",
      /sources of its kind \(arn:aws:kinesis/,
      ({ Mapping }) => Object.assign(Mapping!.Properties!, { EventSourceArn: "arn:aws:kinesis:x" }),
    ],
    [
      "for a filter, which is not played",
      /filters and batching windows are not played/,
      ({ Mapping }) => Object.assign(Mapping!.Properties!, { FilterCriteria: {} }),
    ],
  ])("%s", async (_why, message, change) => {
    await expect(using(change, () => {})).rejects.toThrow(message);
  });
});

describe("a delivery of a rule", () => {
  const delivery = (targetArn: string, ruleArn: string, more = {}) => ({
    ...{ rule: "Test/Rule", ruleArn, targetArn, roleArn: undefined, input: { hello: "you" } },
    ...more,
  });
  const counted = (metrics: Metrics, name: string) =>
    metrics.statistic("AWS/Events", name, { RuleName: "rule" }, "Sum", 0, 1);

  test("to a function that lets it is an asynchronous invocation", () =>
    using(asIs, async ({ deliver }, { arn, invoked, metrics }) => {
      await deliver(delivery(arn("Fn"), arn("Rule")));
      expect(invoked).toEqual([{ hello: "you" }]);
      expect(counted(metrics, "Invocations")).toBe(1);
    }));

  test("to an alias that lets it calls the alias, and needs no permission on the function", () =>
    using(
      (changed) => {
        Object.assign(changed, released({ Ref: "Fn" }));
        Object.assign(changed.Permission!.Properties!, { FunctionName: { Ref: "Live" } });
      },
      async ({ deliver }, { arn, invokedArns }) => {
        await deliver(delivery(`${arn("Fn")}:live`, arn("Rule")));
        expect(invokedArns).toEqual([`${arn("Fn")}:live`]);
        await expect(deliver(delivery(arn("Fn"), arn("Rule")))).rejects.toThrow(/not authorized/);
      },
    ));

  test("to a function that does not let it is refused and counted", () =>
    using(
      (changed) => void Object.assign(changed.Permission!.Properties!, { SourceArn: "arn:another-rule" }),
      async ({ deliver }, { arn, invoked, metrics }) => {
        await expect(deliver(delivery(arn("Fn"), arn("Rule")))).rejects.toThrow(
          /not authorized.*lambda:InvokeFunction/,
        );
        expect(invoked).toEqual([]);
        expect(counted(metrics, "FailedInvocations")).toBe(1);
      },
    ));

  test("to a queue whose policy does not let it is refused, and put into the rule's dead-letter queue", () =>
    using(asIs, async ({ deliver, putAside }, { arn, queues }) => {
      const refused = delivery(arn("Queue"), arn("Rule"), { deadLetterArn: arn("Dead") });
      await expect(deliver(refused)).rejects.toThrow(/sqs:SendMessage/);
      putAside(refused);
      const [letter] = queues.receive(queues.records.get(arn("Dead"))!, 1);
      expect(JSON.parse(letter!.body)).toEqual({ hello: "you" });
    }));

  test("to a queue whose policy lets it comes to the function behind its mapping", () =>
    using(
      ({ Policy }) => void Object.assign(Policy!.Properties!, { Queues: [{ Ref: "Queue" }] }),
      async ({ deliver }, { arn, invoked }) => {
        await deliver(delivery(arn("Queue"), arn("Rule")));
        expect(invoked).toMatchObject([{ Records: [{ body: '{"hello":"you"}', eventSource: "aws:sqs" }] }]);
      },
    ));

  test("to a queue whose mapping names an alias comes to the alias", () =>
    using(
      (changed) => {
        Object.assign(changed, released({ Ref: "Fn" }));
        Object.assign(changed.Mapping!.Properties!, { FunctionName: { Ref: "Live" } });
        Object.assign(changed.Policy!.Properties!, { Queues: [{ Ref: "Queue" }] });
      },
      async ({ deliver }, { arn, invokedArns }) => {
        await deliver(delivery(arn("Queue"), arn("Rule")));
        expect(invokedArns).toEqual([`${arn("Fn")}:live`]);
      },
    ));

  test("to anything else is not played, and that is said", () =>
    using(asIs, async ({ deliver }, { arn }) => {
      await expect(deliver(delivery("arn:aws:kinesis:x", arn("Rule")))).rejects.toThrow(
        "Rule Test/Rule: targets of its kind (arn:aws:kinesis:x) are not played.",
      );
    }));
});
