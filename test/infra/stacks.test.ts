import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TAGS } from "../../workflows/names.ts";
import { constructOf, ofType, synthesised, type TemplateResource } from "./synthesised.ts";

// Synthesis itself fails on a cdk-nag finding that nobody acknowledged.
const { gameDay, orders } = synthesised();
const everything = [...gameDay, ...orders];
const functions = ofType(everything, "AWS::Lambda::Function");
const steps = ofType(gameDay, "AWS::Lambda::Function");

describe("every function", () => {
  test.each(functions.map((fn) => [fn.path, fn] as const))("%s", (_path, { properties }) => {
    expect(properties).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      TracingConfig: { Mode: "Active" },
      Handler: "index.handler",
    });
    const log = everything.find(({ logicalId }) => logicalId === properties.LoggingConfig.LogGroup.Ref);
    expect(log?.type).toBe("AWS::Logs::LogGroup");
    expect(log?.properties.RetentionInDays).toBeGreaterThan(0);
  });

  test("has a role of its own", () => {
    const roles = functions.map(({ properties }) => properties.Role["Fn::GetAtt"][0] as string);
    expect(new Set(roles).size).toBe(functions.length);
  });

  test("of the workflow is told what it has to be told, none of it twice", () => {
    const variables = steps.map(({ properties }) => Object.keys(properties.Environment.Variables).sort());
    expect(new Set(variables.map((names) => names.join())).size).toBe(1);
    expect(variables[0]).toEqual(
      expect.arrayContaining(["JOURNAL_TABLE", "LEASE_TABLE", "RESULTS_BUCKET", "CLUSTER_ARN", "TOPIC_ARN"]),
    );
  });
});

describe("the safety net", () => {
  const [rule] = ofType(gameDay, "AWS::Events::Rule");
  const machine = (construct: string) =>
    ofType(gameDay, "AWS::StepFunctions::StateMachine").find((each) => constructOf(each) === construct)!.logicalId;

  test("starts after every ending that runs no Catch, of the game day and of nothing else", () => {
    expect(rule!.properties).toMatchObject({
      State: "ENABLED",
      EventPattern: {
        source: ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        detail: { stateMachineArn: [{ Ref: machine("GameDay") }], status: ["ABORTED", "TIMED_OUT", "FAILED"] },
      },
    });
    expect(rule!.properties.Targets).toMatchObject([{ Arn: { Ref: machine("SafetyNet") } }]);
  });

  test("is tried again, and what could not be delivered is kept for two weeks", () => {
    const [target] = rule!.properties.Targets;
    expect(target.RetryPolicy.MaximumRetryAttempts).toBeGreaterThanOrEqual(10);
    const queue = gameDay.find(({ logicalId }) => logicalId === target.DeadLetterConfig.Arn["Fn::GetAtt"][0]);
    expect(queue).toMatchObject({ type: "AWS::SQS::Queue", properties: { MessageRetentionPeriod: 14 * 86_400 } });
  });
});

describe("what is remembered", () => {
  test("tables and results outlive the stack, and can be gone back to", () => {
    const tables = ofType(gameDay, "AWS::DynamoDB::Table");
    expect(tables).toHaveLength(2);
    for (const { properties } of tables) {
      expect(properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true);
    }
    expect(ofType(gameDay, "AWS::S3::Bucket")[0]!.properties).toMatchObject({
      VersioningConfiguration: { Status: "Enabled" },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    });
  });

  test("state machines log, and are traced", () => {
    for (const { properties } of ofType(gameDay, "AWS::StepFunctions::StateMachine")) {
      expect(properties).toMatchObject({
        LoggingConfiguration: { Level: "ALL", IncludeExecutionData: false },
        TracingConfiguration: { Enabled: true },
      });
    }
  });
});

describe("orders as a target", () => {
  const alarms = ofType(orders, "AWS::CloudWatch::Alarm");
  const [description] = ofType(orders, "AWS::SSM::Parameter");

  test("has alarms on errors, error rate and latency, each in two of five minutes", () => {
    expect(alarms.map(({ path }) => path.split("/")[2])).toEqual(["ErrorsAlarm", "ErrorRateAlarm", "LatencyAlarm"]);
    for (const { properties } of alarms) {
      expect(properties).toMatchObject({
        DatapointsToAlarm: 2,
        EvaluationPeriods: 5,
        TreatMissingData: "notBreaching",
      });
      const periods = [
        properties.Period,
        ...(properties.Metrics ?? []).map((metric: { MetricStat?: { Period: number } }) => metric.MetricStat?.Period),
      ];
      expect(new Set(periods.filter((period) => period !== undefined))).toEqual(new Set([60]));
    }
  });

  test("tells people by one alarm over the others, and game days through their inbox", () => {
    const [hurt] = ofType(orders, "AWS::CloudWatch::CompositeAlarm");
    const [topic] = ofType(orders, "AWS::SNS::Topic");
    const rule = JSON.stringify(hurt!.properties.AlarmRule);
    for (const { logicalId } of alarms) expect(rule).toContain(logicalId);
    expect(hurt!.properties.AlarmActions).toEqual([{ Ref: topic!.logicalId }]);
    const [subscription] = ofType(orders, "AWS::SNS::Subscription");
    expect(subscription!.properties).toMatchObject({ Protocol: "sqs", TopicArn: { Ref: topic!.logicalId } });
  });

  test("links a runbook from every alarm, to a section that there is", () => {
    const runbook = readFileSync(new URL("../../examples/orders/runbook.md", import.meta.url), "utf8");
    const all = [...alarms, ...ofType(orders, "AWS::CloudWatch::CompositeAlarm")];
    for (const { properties } of all) {
      const [, section] = /examples\/orders\/runbook\.md#([a-z]+)$/.exec(properties.AlarmDescription)!;
      expect(runbook).toMatch(new RegExp(`^## ${section}\\b`, "im"));
    }
  });

  test("has the extension by which FIS injects faults, told where to look", () => {
    const [{ properties }] = ofType(orders, "AWS::Lambda::Function") as [TemplateResource];
    expect(properties.Layers).toEqual([{ Ref: expect.stringContaining("AWSFISextensionarm64") }]);
    expect(properties.Environment.Variables).toMatchObject({ AWS_LAMBDA_EXEC_WRAPPER: "/opt/aws-fis/bootstrap" });
    expect(properties.Environment.Variables.AWS_FIS_CONFIGURATION_LOCATION).toEqual(
      steps[0]!.properties.Environment.Variables.EXPERIMENT_LOCATION,
    );
  });

  test("its function and its table alone are tagged as what may be touched", () => {
    // Steps whose own role had the tag would not be more powerful, but the tag would lie.
    const tagged = everything.filter(({ properties }) => JSON.stringify(properties.Tags ?? []).includes(TAGS.target));
    expect(tagged.map(({ path }) => path).sort()).toEqual([
      "Orders/CreateOrder/Function/Resource",
      "Orders/Orders/Resource",
    ]);
    for (const { properties } of tagged) expect(properties.Tags).toEqual([{ Key: TAGS.target, Value: "orders" }]);
  });

  test("describes its name, front door, functions and alarms where Plan looks", () => {
    expect(description!.properties.Name).toBe("/gameday/targets/orders");
    const [separator, parts] = description!.properties.Value["Fn::Join"] as [string, (string | object)[]];
    const text = parts
      .map((part) => (typeof part === "string" ? part : Object.values(part).flat().join(".")))
      .join(separator);
    const createOrder = ofType(orders, "AWS::Lambda::Function")[0]!;
    const [api] = ofType(orders, "AWS::ApiGatewayV2::Api");
    expect(JSON.parse(text)).toEqual({
      name: "orders",
      url: `${api!.logicalId}.ApiEndpoint`,
      functions: { "create-order": createOrder.logicalId },
      alarms: [...alarms, ...ofType(orders, "AWS::CloudWatch::CompositeAlarm")].map(({ logicalId }) => logicalId),
      tables: { orders: ofType(orders, "AWS::DynamoDB::Table")[0]!.logicalId },
      inbox: ofType(orders, "AWS::SQS::Queue")[0]!.logicalId,
      stack: "Orders",
    });
  });
});
