import { describe, expect, test } from "vitest";
import { targetsOf } from "../../../../stand-in/gameday/target.ts";
import { readGraph } from "../../../../stand-in/read-graph.ts";
import { TemplateError } from "../../../../stand-in/templates/cfn/intrinsics.ts";
import { assembly, graphOf } from "../../templates.ts";

describe("the templates of this project", () => {
  const graph = readGraph(assembly(), "salt");

  test("are known whole: nothing in them is skipped", () => {
    expect(graph.skipped).toEqual([]);
  });

  test("have nothing unresolved in them", () => {
    for (const { path, properties } of graph.resources) {
      expect(JSON.stringify(properties), path).not.toMatch(/"(Ref|Fn::\w+)":/);
    }
  });

  test("give every resource that refers to another one its name", () => {
    const rule = graph.ofType("AWS::Events::Rule").find(({ stack }) => stack === "GameDay");
    const [target] = rule!.properties.Targets as { Arn: string; RoleArn: string }[];
    expect(graph.byArn(target!.Arn)?.type).toBe("AWS::StepFunctions::StateMachine");
    expect(graph.byArn(target!.RoleArn)?.type).toBe("AWS::IAM::Role");
    const create = graph.ofType("AWS::Lambda::Function").find(({ stack }) => stack === "Orders")!;
    const { TABLE_NAME } = (create.properties.Environment as { Variables: Record<string, string> }).Variables;
    expect(graph.byName("AWS::DynamoDB::Table", TABLE_NAME!)?.path).toBe("Orders/Orders/Resource");
  });

  test("describe orders as a target", () => {
    const orders = targetsOf(graph).get("orders")!;
    expect(Object.keys(orders.functions)).toEqual(["create-order"]);
    expect(graph.byName("AWS::Lambda::Function", orders.functions["create-order"]!)).toBeDefined();
    const alarms = ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"];
    for (const alarm of orders.alarms) expect(alarms.some((type) => graph.byName(type, alarm))).toBe(true);
    expect(orders.alarms).toHaveLength(4);
  });

  test("get other names in every rehearsal, as on AWS, and the same ones within it", () => {
    const names = (salt: string) =>
      readGraph(assembly(), salt)
        .ofType("AWS::DynamoDB::Table")
        .map(({ name }) => name);
    expect(names("salt")).toEqual(names("salt"));
    expect(names("salt")).not.toEqual(names("pepper"));
  });
});

describe("a template", () => {
  const table = (properties = {}) => ({ Type: "AWS::DynamoDB::Table", Properties: properties });

  test("with a type that is not played: it is listed by name, the rest is there", () => {
    const graph = graphOf({
      Table: table(),
      Stream: { Type: "AWS::Kinesis::Stream", Metadata: { "aws:cdk:path": "Test/Stream/Resource" } },
      Custom: { Type: "Custom::S3AutoDeleteObjects" },
    });
    expect(graph.skipped).toEqual([
      { type: "AWS::Kinesis::Stream", path: "Test/Stream/Resource" },
      { type: "Custom::S3AutoDeleteObjects", path: "Test/Custom" },
    ]);
    expect(graph.resources.map(({ logicalId }) => logicalId)).toEqual(["Table"]);
  });

  test("that refers to a type that is not played says so, instead of guessing a name", () => {
    const rule = { Type: "AWS::Events::Rule", Properties: { Targets: [{ Arn: { "Fn::GetAtt": ["Stream", "Arn"] } }] } };
    const read = () => graphOf({ Stream: { Type: "AWS::Kinesis::Stream" }, Rule: rule });
    expect(read).toThrow(TemplateError);
    expect(read).toThrow("AWS::Kinesis::Stream are not played");
  });

  test("that asks for an attribute that is not played, or for a resource that is not there, says so", () => {
    const asking = (getAtt: [string, string]) => () =>
      graphOf({ Table: table(), Topic: { Type: "AWS::SNS::Topic", Properties: { X: { "Fn::GetAtt": getAtt } } } });
    expect(asking(["Table", "StreamArn"])).toThrow("The attribute StreamArn of AWS::DynamoDB::Table is not played.");
    expect(asking(["Tabel", "Arn"])).toThrow("Stack Test refers to Tabel, which it does not have.");
  });

  test("has only those resources whose condition holds", () => {
    const graph = graphOf(
      {
        Yes: { ...table(), Condition: "IsHere" },
        No: { ...table(), Condition: "IsThere" },
      },
      {
        Parameters: { Place: { Default: "here" } },
        Conditions: {
          IsHere: { "Fn::Equals": [{ Ref: "Place" }, "here"] },
          IsThere: { "Fn::Not": [{ Condition: "IsHere" }] },
        },
      },
    );
    expect(graph.resources.map(({ logicalId }) => logicalId)).toEqual(["Yes"]);
  });

  test("names resources as their authors did, where they did", () => {
    const graph = graphOf({
      Named: table({ TableName: "orders" }),
      Unnamed: table(),
      Bucket: { Type: "AWS::S3::Bucket" },
      Queue: { Type: "AWS::SQS::Queue" },
      Topic: { Type: "AWS::SNS::Topic" },
    });
    const [named, unnamed, bucket, queue, topic] = graph.resources;
    expect(named!.name).toBe("orders");
    expect(unnamed!.name).toMatch(/^Test-Unnamed-[0-9A-F]{12}$/);
    // What Ref gives differs by type: a name, a URL, an ARN.
    expect(bucket!.ref).toMatch(/^test-bucket-[0-9a-f]{12}$/);
    expect(queue!.ref).toMatch(/^https:\/\/sqs\..*\/Test-Queue-/);
    expect(topic!.ref).toMatch(/^arn:aws:sns:.*:Test-Topic-/);
    expect(graph.byArn(topic!.ref)).toBe(topic);
  });
});
