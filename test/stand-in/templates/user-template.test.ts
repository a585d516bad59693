import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { targetsOf } from "../../../stand-in/gameday/target.ts";
import { readGraph } from "../../../stand-in/read-graph.ts";
import { codeOf } from "../../../stand-in/templates/assets.ts";
import { TemplateError } from "../../../stand-in/templates/cfn/intrinsics.ts";
import { readUserTemplate } from "../../../stand-in/templates/user-template.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gameday-adopted-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function template(text: string, name = "Shop.yaml"): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const SHOP = `
Resources:
  Quote:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs22.x
      Handler: index.handler
      Role: arn:role
      Tags: [{ Key: team, Value: web }]
      Code:
        ZipFile: "exports.handler = async () => ({ statusCode: 200 });"
  Legacy:
    Type: AWS::Lambda::Function
    Properties: { Runtime: python3.12, Handler: x.y, Role: arn:role, Code: { ZipFile: "" } }
  Front:
    Type: AWS::ApiGatewayV2::Api
    Properties: { ProtocolType: HTTP, Name: !Sub "\${AWS::StackName}-front" }
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Namespace: AWS/Lambda
      MetricName: Errors
      Dimensions: [{ Name: FunctionName, Value: !Ref Quote }]
`;

describe("a template that nobody described as a target", () => {
  test("becomes one: its front door, its functions for Node by name, its alarms", () => {
    const { stacks } = readUserTemplate(template(SHOP), "shop");
    const graph = readGraph({ stacks }, "test");
    const target = targetsOf(graph).get("shop")!;
    const [quote] = graph.ofType("AWS::Lambda::Function");
    expect(target).toMatchObject({
      name: "shop",
      functions: { quote: quote!.name },
      alarms: [graph.ofType("AWS::CloudWatch::Alarm")[0]!.name],
    });
    expect(target.url).toMatch(/^https?:/);
    expect(quote!.properties.Tags).toEqual([
      { Key: "team", Value: "web" },
      { Key: "gameday:target", Value: "shop" },
    ]);
  });

  test("is hosted with its inline code, and what cannot be hosted is named", () => {
    const { stacks, files } = readUserTemplate(template(SHOP), "shop");
    const graph = readGraph({ stacks }, "test");
    const code = codeOf(graph.ofType("AWS::Lambda::Function")[0]!, { stacks, files, images: new Map() });
    expect(code).toMatchObject({ exportName: "handler", module: expect.stringContaining("index.cjs") });
    expect(graph.skipped).toEqual([{ type: "AWS::Lambda::Function (python3.12)", path: "Shop/Legacy" }]);
  });

  test("has its aliases by name; those of functions that are not hosted are named as such", () => {
    const alias = (FunctionName: string, Name: string) =>
      `{ Type: AWS::Lambda::Alias, Properties: { FunctionName: ${FunctionName}, FunctionVersion: $LATEST, Name: ${Name} } }`;
    const more = `  LiveQuote: ${alias("!GetAtt Quote.Arn", "live")}\n  Old: ${alias("!Ref Legacy", "old")}\n`;
    const graph = readGraph({ stacks: readUserTemplate(template(SHOP + more), "shop").stacks }, "test");
    const { functions, aliases } = targetsOf(graph).get("shop")!;
    expect(aliases).toEqual({ "live-quote": { functionName: functions.quote, alias: "live" } });
    expect(graph.skipped).toContainEqual({
      type: "AWS::Lambda::Alias (of a function that is not hosted)",
      path: "Shop/Old",
    });
  });

  test.each([
    ["no template", "just text", "found no Resources in it"],
    ["no YAML", "Resources: [", "Expected a template of CloudFormation"],
    ["no function for Node", "Resources: { T: { Type: AWS::SNS::Topic } }", "no function for Node"],
    ["no front door", SHOP.replace("AWS::ApiGatewayV2::Api", "AWS::Other"), "has no front door"],
  ])("that is %s is refused", (_what, text, message) => {
    expect(() => readUserTemplate(template(text), "shop")).toThrow(TemplateError);
    expect(() => readUserTemplate(template(text), "shop")).toThrow(message);
  });

  test("of CDK has functions without the hash that CDK appends", () => {
    const text = SHOP.replaceAll("Quote", "QuoteE2906A56");
    const { stacks } = readUserTemplate(template(text, "Shop.template.json"), "shop");
    expect(Object.keys(targetsOf(readGraph({ stacks }, "test")).get("shop")!.functions)).toEqual(["quote"]);
  });
});
