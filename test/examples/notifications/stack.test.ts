import { describe, expect, test } from "vitest";
import { DETAIL_TYPE, EVENT_SOURCE } from "../../../examples/notifications/handlers/notification.ts";
import { TAGS } from "../../../workflows/names.ts";
import { constructOf, ofType, statementsOf, synthesised, type TemplateResource } from "../../infra/synthesised.ts";

// Synthesis itself fails on a cdk-nag finding that nobody acknowledged.
const { notifications, flowControl } = synthesised();
const variants = [
  ["notifications", notifications],
  ["notifications-flow-control", flowControl],
] as const;

const functionAt = (resources: readonly TemplateResource[], construct: string) =>
  ofType(resources, "AWS::Lambda::Function").find((fn) => constructOf(fn) === construct)!;
const only = (resources: readonly TemplateResource[], type: string) => {
  const found = ofType(resources, type);
  expect(found).toHaveLength(1);
  return found[0]!;
};
/** The description that the first step reads, its references as they are in the template. */
const described = (resources: readonly TemplateResource[], name: string) => {
  const { Value } = ofType(resources, "AWS::SSM::Parameter").find(
    ({ properties }) => properties.Name === `/gameday/targets/${name}`,
  )!.properties;
  const text = (Value["Fn::Join"][1] as unknown[])
    .map((part) => (typeof part === "string" ? part : JSON.stringify(part).replaceAll('"', "'")))
    .join("");
  return JSON.parse(text) as Record<string, Record<string, unknown>>;
};

describe.each(variants)("%s", (name, resources) => {
  test("matches with its rule what its function puts on the bus", () => {
    expect(only(resources, "AWS::Events::Rule").properties.EventPattern).toEqual({
      source: [EVENT_SOURCE],
      "detail-type": [DETAIL_TYPE],
    });
  });

  test("lets each function do what it does, and nothing else", () => {
    const own = statementsOf(resources)
      .filter(({ construct }) => construct.endsWith("Function"))
      .map(({ construct, Action }) => [construct, Action.filter((action) => !/^(logs|xray|s3):/.test(action))] as const)
      .filter(([, actions]) => actions.length > 0);
    const expected = [
      ["NotificationFunction", ["events:PutEvents"]],
      ["DeliveryFunction", ["secretsmanager:GetSecretValue"]],
      ["DeliveryFunction", ["ssm:GetParameter"]],
      ...(name === "notifications"
        ? []
        : [["DeliveryFunction", ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]]]),
    ];
    expect(own).toEqual(expected);
  });

  test("has the key's value in the secret alone", () => {
    const { Value } = only(resources, "AWS::ApiGateway::ApiKey").properties;
    expect(JSON.stringify(Value)).toContain("{{resolve:secretsmanager:");
    expect(JSON.stringify(functionAt(resources, "DeliveryFunction").properties.Environment)).not.toContain("resolve:");
  });

  test("limits the delivery API to ten calls a second", () => {
    expect(only(resources, "AWS::ApiGateway::UsagePlan").properties.Throttle).toEqual({
      RateLimit: 10,
      BurstLimit: 10,
    });
    const [method] = ofType(resources, "AWS::ApiGateway::Method");
    expect(method!.properties.ApiKeyRequired).toBe(true);
  });

  test("has time enough for every attempt and every wait", () => {
    const { Timeout, Environment } = functionAt(resources, "DeliveryFunction").properties;
    const { MAX_ATTEMPTS, RETRY_WAIT_SECONDS } = Environment.Variables;
    const attempts = Number(MAX_ATTEMPTS);
    const longestWait = Number(RETRY_WAIT_SECONDS.split("-")[1]);
    expect(attempts * 5 + (attempts - 1) * longestWait).toBeLessThan(Timeout);
  });

  test("allows game days on what it describes, by a tag on each of them", () => {
    const { functions, rules, usagePlans, queues = {}, eventSources = {} } = described(resources, name);
    const tagged = resources
      .filter(({ properties }) => {
        const tags = (properties.Tags ?? []) as { Key: string; Value: string }[];
        return Array.isArray(tags) && tags.some(({ Key, Value }) => Key === TAGS.target && Value === name);
      })
      .map(({ type }) => type)
      .sort();
    const count = (record: object | undefined, type: string) => Object.keys(record ?? {}).map(() => type);
    expect(tagged).toEqual(
      [
        ...count(functions, "AWS::Lambda::Function"),
        ...count(rules, "AWS::Events::Rule"),
        ...count(usagePlans, "AWS::ApiGateway::UsagePlan"),
        ...count(queues, "AWS::SQS::Queue"),
        ...count(eventSources, "AWS::Lambda::EventSourceMapping"),
      ].sort(),
    );
    expect(Object.keys(functions!)).toEqual(["notify", "deliver", "slow-api"]);
  });

  test("tells all of its alarms, and each looks at a metric that something here writes", () => {
    const alarms = ofType(resources, "AWS::CloudWatch::Alarm");
    expect(described(resources, name).alarms).toHaveLength(alarms.length);
    for (const { properties } of alarms) {
      expect(["AWS/ApiGateway", "AWS/Lambda", "AWS/SQS", "gameday"]).toContain(properties.Namespace);
      expect(properties.TreatMissingData).toBe("notBreaching");
    }
  });
});

describe("flow control", () => {
  test("delivers ten messages at once at most, one at a time, and reports those that failed", () => {
    expect(only(flowControl, "AWS::Lambda::EventSourceMapping").properties).toMatchObject({
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 10 },
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
  });

  test("hides a message for longer than its function may take, and puts it aside after five receives", () => {
    const queue = ofType(flowControl, "AWS::SQS::Queue").find(({ properties }) => properties.RedrivePolicy)!;
    expect(queue.properties.VisibilityTimeout).toBeGreaterThan(
      functionAt(flowControl, "DeliveryFunction").properties.Timeout,
    );
    expect(queue.properties.RedrivePolicy.maxReceiveCount).toBe(5);
  });

  test("is the only difference: the functions' code and environment are the same", () => {
    const shape = (resources: readonly TemplateResource[]) =>
      ofType(resources, "AWS::Lambda::Function").map((fn) => [
        constructOf(fn),
        fn.properties.Code.S3Key,
        Object.keys(fn.properties.Environment.Variables),
      ]);
    expect(shape(flowControl)).toEqual(shape(notifications));
    expect(ofType(notifications, "AWS::SQS::Queue").map(constructOf)).toEqual(["Inbox"]);
  });
});
