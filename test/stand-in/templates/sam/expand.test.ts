import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { methodsOf } from "../../../../stand-in/aws/api-gateway/rest-routes.ts";
import { targetsOf } from "../../../../stand-in/gameday/target.ts";
import { createIdentities } from "../../../../stand-in/iam/identities.ts";
import { apiMayInvoke } from "../../../../stand-in/iam/lambda-permissions.ts";
import { readGraph } from "../../../../stand-in/read-graph.ts";
import { codeOf } from "../../../../stand-in/templates/assets.ts";
import type { Graph } from "../../../../stand-in/templates/cfn/graph.ts";
import { TemplateError } from "../../../../stand-in/templates/cfn/intrinsics.ts";
import { readUserTemplate } from "../../../../stand-in/templates/user-template.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gameday-sam-"));
  mkdirSync(join(folder, "Quote"));
  writeFileSync(join(folder, "Quote", "app.js"), "exports.handler = async () => ({ statusCode: 200 });");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function adopted(text: string) {
  const file = join(folder, "template.yaml");
  writeFileSync(file, text);
  const { stacks, files } = readUserTemplate(file, "shop");
  return { graph: readGraph({ stacks }, "test"), assembly: { stacks, files, images: new Map<string, string>() } };
}

const HEAD = `
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: nodejs22.x
    Timeout: 7
    Environment: { Variables: { STAGE: test, LEVEL: info } }
`;

const SHOP = `${HEAD}
Resources:
  Quote:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: Quote/
      Handler: app.handler
      Environment: { Variables: { LEVEL: debug, TABLE: !Ref Quotes } }
      Policies:
        - DynamoDBReadPolicy: { TableName: !Ref Quotes }
        - AWSLambdaBasicExecutionRole
        - Statement: { Effect: Allow, Action: "sns:Publish", Resource: "*" }
      Tags: { team: web }
      Events:
        Get: { Type: HttpApi, Properties: { Path: "/quotes/{id}", Method: get } }
        Rest: { Type: Api, Properties: { Path: "/quotes/{id}", Method: any } }
        Clock: { Type: Schedule, Properties: { Schedule: rate(1 day) } }
  Quotes: { Type: AWS::Serverless::SimpleTable }
`;

const only = (graph: Graph, type: string) => graph.ofType(type)[0]!;

describe("a template of SAM", () => {
  test("has functions with the globals under their own, and its code from the folder beside it", () => {
    const { graph, assembly } = adopted(SHOP);
    const quote = only(graph, "AWS::Lambda::Function");
    expect(quote.properties).toMatchObject({
      Runtime: "nodejs22.x",
      Timeout: 7,
      Environment: { Variables: { STAGE: "test", LEVEL: "debug", TABLE: only(graph, "AWS::DynamoDB::Table").name } },
      Role: only(graph, "AWS::IAM::Role").arn,
    });
    expect(quote.properties.Tags).toContainEqual({ Key: "team", Value: "web" });
    expect(codeOf(quote, assembly)).toMatchObject({ exportName: "handler", module: expect.stringContaining("app.js") });
    expect(targetsOf(graph).get("shop")).toMatchObject({ functions: { quote: quote.name } });
  });

  test("has routes that may call their function, of both kinds of API", () => {
    const { graph } = adopted(SHOP);
    const quote = only(graph, "AWS::Lambda::Function");
    const http = only(graph, "AWS::ApiGatewayV2::Api");
    expect(only(graph, "AWS::ApiGatewayV2::Route").properties).toMatchObject({ RouteKey: "GET /quotes/{id}" });
    const source = (id: string) => `arn:aws:execute-api:rehearsal-1:000000000000:${id}/$default/GET/quotes/{id}`;
    expect(apiMayInvoke(graph, quote.arn!, source(http.name))).toBe(true);
    expect(apiMayInvoke(graph, quote.arn!, source("another"))).toBe(false);
    expect(methodsOf(graph, only(graph, "AWS::ApiGateway::RestApi").name)).toMatchObject([
      { stage: "Prod", method: "ANY", resource: "/quotes/{id}", functionArn: quote.arn },
    ]);
  });

  test("has a role that may do what its policies and templates of policies say, and no more", () => {
    const { graph } = adopted(SHOP);
    const identities = createIdentities(graph);
    const identity = identities.of(only(graph, "AWS::IAM::Role").arn!);
    const asking = (action: string, resource: string) => () =>
      identities.authorise(identity, { action, resource, context: {} });
    const table = only(graph, "AWS::DynamoDB::Table").arn!;
    expect(asking("dynamodb:GetItem", table)).not.toThrow();
    expect(asking("sns:Publish", "arn:any")).not.toThrow();
    expect(asking("dynamodb:PutItem", table)).toThrow("is not authorized");
    expect(asking("dynamodb:GetItem", `${table}s`)).toThrow("is not authorized");
  });

  test("lists events and short forms that are not hosted", () => {
    const { graph } = adopted(`${SHOP}  Layer: { Type: AWS::Serverless::LayerVersion }\n`);
    expect(graph.skipped).toEqual([
      { type: "AWS::Serverless::LayerVersion", path: "template/Layer" },
      { type: "AWS::Serverless::Function event (Schedule)", path: "template/QuoteClock" },
    ]);
  });

  test("reads queues and rules with the permissions that SAM gives", () => {
    const { graph } = adopted(
      SHOP.replace(
        "        Clock: { Type: Schedule, Properties: { Schedule: rate(1 day) } }",
        `        Jobs: { Type: SQS, Properties: { Queue: !GetAtt Jobs.Arn, BatchSize: 3 } }
        Heard: { Type: EventBridgeRule, Properties: { Pattern: { source: [shop] } } }`,
      ).concat("  Jobs: { Type: AWS::SQS::Queue }\n"),
    );
    const quote = only(graph, "AWS::Lambda::Function");
    const jobs = only(graph, "AWS::SQS::Queue");
    expect(only(graph, "AWS::Lambda::EventSourceMapping").properties).toMatchObject({
      EventSourceArn: jobs.arn,
      FunctionName: quote.name,
      BatchSize: 3,
    });
    expect(only(graph, "AWS::Events::Rule").properties).toMatchObject({
      EventPattern: { source: ["shop"] },
      Targets: [{ Arn: quote.arn }],
    });
    const identities = createIdentities(graph);
    const polling = { action: "sqs:ReceiveMessage", resource: jobs.arn!, context: {} };
    expect(() => identities.authorise(identities.of(String(quote.properties.Role)), polling)).not.toThrow();
  });

  test("whose code is not on this machine has no function that can be hosted", () => {
    expect(() => adopted(SHOP.replace("CodeUri: Quote/", "CodeUri: s3://bucket/key"))).toThrow(
      "has no function for Node that can be hosted",
    );
  });

  test("with a short form that SAM would refuse says which", () => {
    const broken = SHOP.replace(
      "Quotes: { Type: AWS::Serverless::SimpleTable }",
      "Quotes: { Type: AWS::Serverless::Api }",
    );
    expect(() => adopted(broken)).toThrow(TemplateError);
    expect(() => adopted(broken)).toThrow("Quotes is no AWS::Serverless::Api");
  });

  test("may refer to what is not hosted: it gets a name that says so", () => {
    const { graph } = adopted(
      `${SHOP.replace("LEVEL: debug", "LEVEL: !GetAtt Pool.Arn")}  Pool: { Type: AWS::Cognito::UserPool }\n`,
    );
    expect(only(graph, "AWS::Lambda::Function").properties.Environment).toMatchObject({
      Variables: { LEVEL: "not-hosted-Pool-Arn" },
    });
  });
});
