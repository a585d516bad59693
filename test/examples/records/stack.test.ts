import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { TemplateResource } from "../../../stand-in/templates/cfn/assembly.ts";
import { TAGS } from "../../../workflows/names.ts";
import { assembly } from "../../stand-in/templates.ts";

// `cdk synth` itself fails on a cdk-nag finding that nobody acknowledged.
const { stacks } = assembly();

// Templates are free-form: tests look into what they need.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Properties = any;
interface Found {
  readonly id: string;
  readonly path: string;
  readonly properties: Properties;
}

function ofType(stack: string, type: string): Found[] {
  const { template } = stacks.find(({ name }) => name === stack)!;
  return Object.entries(template.Resources)
    .filter(([, resource]) => resource.Type === type)
    .map(([id, { Metadata, Properties = {} }]: [string, TemplateResource]) => ({
      id,
      path: String(Metadata?.["aws:cdk:path"]),
      properties: Properties,
    }));
}
const only = (stack: string, type: string): Found => {
  const found = ofType(stack, type);
  expect(found).toHaveLength(1);
  return found[0]!;
};
const functionAt = (stack: string, construct: string) =>
  ofType(stack, "AWS::Lambda::Function").find(({ path }) => path.startsWith(`${stack}/${construct}/`))!;
/** The description that the first step reads; a reference in it is the id of what it refers to. */
function described(stack: string, name: string) {
  const { properties } = ofType(stack, "AWS::SSM::Parameter").find(
    (parameter) => parameter.properties.Name === `/gameday/targets/${name}`,
  )!;
  const text = (properties.Value["Fn::Join"][1] as (string | object)[])
    .map((part) => (typeof part === "string" ? part : Object.values(part).flat().join(".")))
    .join("");
  return JSON.parse(text);
}
/** `namespace OptionName` → value. */
const options = (stack: string): Record<string, Properties> =>
  Object.fromEntries(
    only(stack, "AWS::ElasticBeanstalk::Environment").properties.OptionSettings.map(
      ({ Namespace, OptionName, Value }: Record<string, string>) => [`${Namespace} ${OptionName}`, Value],
    ),
  );

const VARIANTS = [
  ["Records", "records"],
  ["RecordsMessaging", "records-messaging"],
] as const;

describe.each(VARIANTS)("%s", (stack, name) => {
  test("has a front end that is the target's front door and knows the API's address", () => {
    const { id } = only(stack, "AWS::ElasticBeanstalk::Environment");
    expect(described(stack, name).url).toBe(`http://${id}.EndpointURL`);
    const backend = JSON.stringify(options(stack)["aws:elasticbeanstalk:application:environment BACKEND_API_URL"]);
    expect(backend).toContain(only(stack, "AWS::ApiGateway::RestApi").id);
    expect(backend).toContain(only(stack, "AWS::ApiGateway::Stage").id);
  });

  test("runs its front end on one instance that is traced, logged and kept up to date", () => {
    expect(options(stack)).toMatchObject({
      "aws:elasticbeanstalk:environment EnvironmentType": "SingleInstance",
      "aws:ec2:instances InstanceTypes": "t4g.small",
      "aws:elasticbeanstalk:xray XRayEnabled": "true",
      "aws:elasticbeanstalk:cloudwatch:logs StreamLogs": "true",
      "aws:elasticbeanstalk:managedactions ManagedActionsEnabled": "true",
      "aws:autoscaling:launchconfiguration DisableIMDSv1": "true",
    });
    const { properties } = only(stack, "AWS::ElasticBeanstalk::Environment");
    expect(properties.SolutionStackName).toEqual({ Ref: "Platform" });
    expect(stacks.find((one) => one.name === stack)!.template.Parameters?.Platform?.Default).toMatch(
      /^64bit Amazon Linux 2023 v\d+\.\d+\.\d+ running Node\.js \d+$/,
    );
  });

  test("lets its instance write logs, health and traces, and nothing of the system behind it", () => {
    const role = ofType(stack, "AWS::IAM::Role").find(({ path }) => path.includes("/InstanceRole/"))!;
    const actions = role.properties.Policies.flatMap(({ PolicyDocument }: Properties) =>
      PolicyDocument.Statement.flatMap(({ Action }: Properties) => Action),
    ) as string[];
    expect([...new Set(actions.map((action) => action.split(":")[0]))].sort()).toEqual([
      "elasticbeanstalk",
      "logs",
      "s3",
      "xray",
    ]);
    expect(role.properties.ManagedPolicyArns).toBeUndefined();
  });

  test("traces its API and its functions", () => {
    expect(only(stack, "AWS::ApiGateway::Stage").properties.TracingEnabled).toBe(true);
    for (const { properties } of ofType(stack, "AWS::Lambda::Function")) {
      expect(properties.TracingConfig).toEqual({ Mode: "Active" });
    }
  });

  test("stores records under their id and time", () => {
    expect(only(stack, "AWS::DynamoDB::Table").properties.KeySchema).toEqual([
      { AttributeName: "RecordId", KeyType: "HASH" },
      { AttributeName: "Timestamp", KeyType: "RANGE" },
    ]);
  });

  test("watches latency, the function and, since a function that never runs has no errors, the API itself", () => {
    const alarms = ofType(stack, "AWS::CloudWatch::Alarm");
    const watched = Object.fromEntries(
      alarms.map(({ path, properties }) => [path.split("/")[2], [properties.MetricName, properties.Threshold]]),
    );
    expect(watched).toMatchObject({
      LatencyAlarm: ["Latency", 1000],
      FunctionErrorsAlarm: ["Errors", 1],
      FailuresAlarm: ["5XXError", 5],
    });
    for (const { properties } of alarms) {
      expect(properties).toMatchObject({
        DatapointsToAlarm: 2,
        EvaluationPeriods: 5,
        Period: 60,
        ComparisonOperator: "GreaterThanThreshold",
        TreatMissingData: "notBreaching",
        AlarmActions: [{ Ref: only(stack, "AWS::SNS::Topic").id }],
      });
    }
    expect(described(stack, name).alarms).toEqual(alarms.map(({ id }) => id));
  });

  test("links a runbook from every alarm, to a section that there is", () => {
    const runbook = readFileSync(new URL("../../../examples/records/runbook.md", import.meta.url), "utf8");
    for (const { properties } of ofType(stack, "AWS::CloudWatch::Alarm")) {
      const [, section] = /examples\/records\/runbook\.md#([a-z]+)$/.exec(properties.AlarmDescription)!;
      expect(runbook).toMatch(new RegExp(`^## ${section}$`, "m"));
    }
  });

  test("shows on its dashboard what API, function and table say of themselves", () => {
    const body = JSON.stringify(only(stack, "AWS::CloudWatch::Dashboard").properties.DashboardBody);
    for (const metric of ["5XXError", "Latency", "Count", "Duration", "Errors", "SuccessfulRequestLatency"]) {
      expect(body).toContain(`\\"${metric}\\"`);
    }
  });

  test("allows game days on its functions, its table and its queues, and on nothing else", () => {
    const tagged = stacks.find((one) => one.name === stack)!.template.Resources;
    const ids = Object.entries(tagged)
      .filter(([, { Properties }]) => JSON.stringify(Properties?.Tags ?? []).includes(TAGS.target))
      .map(([id]) => id)
      .sort();
    const { functions, tables, queues = {}, eventSources = {} } = described(stack, name);
    const named = [functions, tables, queues, eventSources].flatMap((group) => Object.values<string>(group));
    expect(ids).toEqual(named.sort());
  });
});

describe("the messaging layer", () => {
  const queues = ofType("RecordsMessaging", "AWS::SQS::Queue");
  const queue = queues.find(({ properties }) => properties.RedrivePolicy)!;

  test("is the only difference that a client may see: the API's function accepts, the other one saves from the queue", () => {
    expect(ofType("Records", "AWS::Lambda::Function")).toHaveLength(1);
    const mapping = only("RecordsMessaging", "AWS::Lambda::EventSourceMapping").properties;
    expect(mapping).toMatchObject({
      EventSourceArn: { "Fn::GetAtt": [queue.id, "Arn"] },
      FunctionName: { Ref: functionAt("RecordsMessaging", "SaveUserRecord").id },
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
    const saving = (stack: string) => functionAt(stack, "SaveUserRecord").properties.Code.S3Key;
    expect(saving("RecordsMessaging")).toBe(saving("Records"));
  });

  test("waits out an outage of a quarter of an hour before it puts a message aside", () => {
    const { VisibilityTimeout, RedrivePolicy } = queue.properties;
    expect(VisibilityTimeout * RedrivePolicy.maxReceiveCount).toBeGreaterThan(15 * 60);
    expect(VisibilityTimeout).toBeGreaterThanOrEqual(
      6 * functionAt("RecordsMessaging", "SaveUserRecord").properties.Timeout,
    );
  });
});
