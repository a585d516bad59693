import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTables } from "../../../stand-in/aws/dynamodb/dynalite.ts";
import { Buckets } from "../../../stand-in/aws/s3/operations.ts";
import { type Gateway, reserveGateway } from "../../../stand-in/gateway/gateway.ts";
import { createIdentities } from "../../../stand-in/iam/identities.ts";
import { graphOf } from "../templates.ts";

/** What hosted functions and load tasks call over HTTP, asked with the real clients of the SDK. */

const role = (...Statement: object[]) => ({
  Type: "AWS::IAM::Role",
  Properties: { Policies: Statement.length > 0 ? [{ PolicyDocument: { Statement } }] : [] },
});
const may = (Action: string[], Resource: object | string) => ({ Effect: "Allow", Action, Resource });
const ofOrders = { "Fn::GetAtt": ["Orders", "Arn"] };
const objects = { "Fn::Sub": "${Results.Arn}/game-days/*" };
const bucket = { "Fn::GetAtt": ["Results", "Arn"] };

const graph = graphOf({
  Orders: {
    Type: "AWS::DynamoDB::Table",
    Properties: {
      AttributeDefinitions: [{ AttributeName: "orderId", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "orderId", KeyType: "HASH" }],
    },
  },
  Results: { Type: "AWS::S3::Bucket" },
  Writer: role(
    may(["dynamodb:PutItem", "dynamodb:GetItem"], ofOrders),
    may(["s3:GetObject", "s3:PutObject"], objects),
    may(["s3:ListBucket"], bucket),
  ),
  Blind: role(may(["s3:GetObject"], objects)),
  Nobody: role(),
});
const named = (logicalId: string) => graph.resources.find((resource) => resource.logicalId === logicalId)!;
const TableName = named("Orders").name;
const Bucket = named("Results").name;

let gateway: Gateway;
let tables: Awaited<ReturnType<typeof createTables>>;
let clients: { destroy(): void }[] = [];
const identities = createIdentities(graph);

beforeAll(async () => {
  tables = await createTables(graph.ofType("AWS::DynamoDB::Table"));
  gateway = await reserveGateway();
  gateway.open({ identities, buckets: new Buckets([Bucket]), tablesPort: tables.port });
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await gateway.stop();
  await tables.stop();
});

function configurationOf(logicalId: string) {
  const accessKeyId = logicalId === "Stranger" ? "AKIASTRANGER" : identities.of(named(logicalId).arn!).accessKeyId;
  return {
    region: "rehearsal-1",
    endpoint: gateway.url,
    credentials: { accessKeyId, secretAccessKey: "stand-in" },
    maxAttempts: 1,
  };
}
function as(logicalId: string) {
  const made = {
    dynamodb: new DynamoDBClient(configurationOf(logicalId)),
    s3: new S3Client(configurationOf(logicalId)),
  };
  clients = [...clients, made.dynamodb, made.s3];
  return made;
}
const put = (Key: string, Body: string) => new PutObjectCommand({ Bucket, Key, Body });
const get = (Key: string) => new GetObjectCommand({ Bucket, Key });
const item = (orderId: string) => ({ orderId: { S: orderId }, text: { S: "ä" } });

describe("somebody who has the permissions", () => {
  test("writes and reads items", async () => {
    const { dynamodb } = as("Writer");
    await dynamodb.send(new PutItemCommand({ TableName, Item: item("a") }));
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key: { orderId: { S: "a" } } }));
    expect(Item).toEqual(item("a"));
  });

  test("gets the service's own errors", async () => {
    const { dynamodb } = as("Writer");
    const again = new PutItemCommand({
      TableName,
      Item: item("once"),
      ConditionExpression: "attribute_not_exists(orderId)",
    });
    await dynamodb.send(again);
    await expect(dynamodb.send(again)).rejects.toThrow(ConditionalCheckFailedException);
  });

  test("writes and reads objects, whatever is in their keys", async () => {
    const { s3 } = as("Writer");
    for (const key of ["game-days/a.json", "game-days/a b+ä&c.json"]) {
      await s3.send(put(key, `text of ${key}`));
      const { Body } = await s3.send(get(key));
      expect(await Body!.transformToString()).toBe(`text of ${key}`);
    }
  });

  test("is told that an object is not there", async () => {
    await expect(as("Writer").s3.send(get("game-days/missing.json"))).rejects.toMatchObject({ name: "NoSuchKey" });
  });
});

describe("somebody who lacks a permission gets AWS's own error, which names role, action and resource", () => {
  const denied = (logicalId: string, action: string, resource: string) =>
    `${named(logicalId).arn} is not authorized to perform: ${action} on resource: ${resource} because`;

  test("DynamoDB", async () => {
    const writing = as("Nobody").dynamodb.send(new PutItemCommand({ TableName, Item: item("b") }));
    await expect(writing).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(denied("Nobody", "dynamodb:PutItem", named("Orders").arn!)),
    });
    const { dynamodb } = as("Writer");
    const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key: { orderId: { S: "b" } } }));
    expect(Item).toBeUndefined();
  });

  test("DynamoDB, another action than the permitted ones", async () => {
    const deleting = as("Writer").dynamodb.send(new DeleteItemCommand({ TableName, Key: { orderId: { S: "a" } } }));
    await expect(deleting).rejects.toThrow(denied("Writer", "dynamodb:DeleteItem", named("Orders").arn!));
  });

  test("S3", async () => {
    await expect(as("Blind").s3.send(put("game-days/b.json", "x"))).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining(denied("Blind", "s3:PutObject", `arn:aws:s3:::${Bucket}/game-days/b.json`)),
    });
    await expect(as("Writer").s3.send(put("elsewhere/a<b>&c.json", "x"))).rejects.toThrow("elsewhere/a<b>&c.json");
  });

  test("S3: who may not list does not learn that an object is missing", async () => {
    await as("Writer").s3.send(put("game-days/there.json", "x"));
    const { s3 } = as("Blind");
    expect(await (await s3.send(get("game-days/there.json"))).Body!.transformToString()).toBe("x");
    await expect(s3.send(get("game-days/not-there.json"))).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining("s3:ListBucket"),
    });
  });
});

describe("somebody whom nobody knows", () => {
  test("is refused, by the key", async () => {
    const { dynamodb, s3 } = as("Stranger");
    await expect(dynamodb.send(new GetItemCommand({ TableName, Key: { orderId: { S: "a" } } }))).rejects.toMatchObject({
      name: "UnrecognizedClientException",
      message: "nobody has the access key AKIASTRANGER",
    });
    await expect(s3.send(get("game-days/a.json"))).rejects.toMatchObject({ name: "UnrecognizedClientException" });
  });

  test("without any signature is refused", async () => {
    expect((await fetch(`${gateway.url}/${Bucket}/game-days/a.json`)).status).toBe(403);
  });
});

test("what is not played is an error that names it", async () => {
  await expect(as("Writer").s3.send(new ListObjectsV2Command({ Bucket }))).rejects.toMatchObject({
    name: "NotImplemented",
    message: expect.stringContaining("is not played by the stand-in's S3"),
  });
});
