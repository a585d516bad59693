import { DescribeTableCommand, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Clients } from "../../../../functions/runtime/clients.ts";
import { createTables } from "../../../../stand-in/aws/dynamodb/dynalite.ts";
import { createDynamoDb, TableThroughput } from "../../../../stand-in/aws/dynamodb/operations.ts";
import { clientFor } from "../../../functions/runtime-for.ts";
import { graphOf } from "../../templates.ts";

const table = (TableName: string, more: object = {}) => ({
  Type: "AWS::DynamoDB::Table",
  Properties: {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    Tags: [{ Key: "gameday:target", Value: "shop" }],
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    ...more,
  },
});
const { resources } = graphOf({
  Orders: table("orders"),
  Limited: table("limited", { OnDemandThroughput: { MaxReadRequestUnits: 2, MaxWriteRequestUnits: 4 } }),
  Provisioned: table("provisioned", { BillingMode: "PROVISIONED" }),
});

let now: number;
let tables: TableThroughput;
beforeEach(() => {
  vi.useFakeTimers();
  now = 0;
  tables = new TableThroughput({ resources, updateMs: 1000, now: () => now });
});
afterEach(() => void vi.useRealTimers());

const call = <T = { Table: object }>(operation: string, input: object) =>
  tables.operations[operation]!.run(input as never) as Promise<T>;
const described = async (TableName: string) => (await call("DescribeTable", { TableName })).Table;
/** How many of so many requests at the same moment are let through. */
function admitted(count: number, action: string, input: object): number {
  return Array.from({ length: count }).filter(() => {
    try {
      tables.admit(action, input);
      return true;
    } catch (error) {
      expect((error as Error).name).toBe("ThrottlingException");
      return false;
    }
  }).length;
}

describe("a table's maximum", () => {
  test("is told with the table, -1 where only the other one is set, absent where none is", async () => {
    expect(await described("orders")).toEqual({
      TableName: "orders",
      TableStatus: "ACTIVE",
      BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
      TableArn: expect.stringContaining(":table/orders"),
    });
    await call("UpdateTable", { TableName: "orders", OnDemandThroughput: { MaxWriteRequestUnits: 3 } });
    vi.advanceTimersByTime(1000);
    expect(await described("orders")).toMatchObject({
      OnDemandThroughput: { MaxReadRequestUnits: -1, MaxWriteRequestUnits: 3 },
    });
  });

  test("takes its time to change, refuses another change meanwhile, and holds as it was until then", async () => {
    const update = { TableName: "orders", OnDemandThroughput: { MaxWriteRequestUnits: 1 } };
    await call("UpdateTable", update);
    expect(await described("orders")).toMatchObject({ TableStatus: "UPDATING" });
    await expect(call("UpdateTable", update)).rejects.toMatchObject({ name: "ResourceInUseException" });
    expect(admitted(5, "PutItem", { TableName: "orders", Item: {} })).toBe(5);
    vi.advanceTimersByTime(1000);
    expect(admitted(5, "PutItem", { TableName: "orders", Item: {} })).toBe(1);
    await call("UpdateTable", { TableName: "orders", OnDemandThroughput: { MaxWriteRequestUnits: -1 } });
    vi.advanceTimersByTime(1000);
    expect(await described("orders")).not.toHaveProperty("OnDemandThroughput");
    expect(admitted(5, "PutItem", { TableName: "orders", Item: {} })).toBe(5);
  });

  test("lets through so many units a second", () => {
    const write = (Item: object) => ({ TableName: "limited", Item });
    expect(admitted(10, "PutItem", write({}))).toBe(4);
    now += 500;
    expect(admitted(10, "UpdateItem", { TableName: "limited", Key: {}, ExpressionAttributeValues: {} })).toBe(2);
    now += 1000;
    expect(admitted(10, "PutItem", write({ text: { S: "x".repeat(1500) } }))).toBe(2);
  });

  test("counts an eventually consistent read half, and reads and writes apart", () => {
    expect(admitted(10, "GetItem", { TableName: "limited", ConsistentRead: true })).toBe(2);
    now += 1000;
    expect(admitted(10, "Query", { TableName: "limited" })).toBe(4);
    expect(admitted(10, "DeleteItem", { TableName: "limited", Key: {} })).toBe(4);
    expect(admitted(10, "DescribeTable", { TableName: "limited" })).toBe(10);
  });

  test("is one of on-demand tables only, and of tables that are there", async () => {
    const most = { OnDemandThroughput: { MaxWriteRequestUnits: 1 } };
    await expect(call("UpdateTable", { TableName: "provisioned", ...most })).rejects.toMatchObject({
      name: "ValidationException",
    });
    await expect(call("UpdateTable", { TableName: "none", ...most })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
    await expect(call("UpdateTable", { TableName: "orders", TableClass: "STANDARD" })).rejects.toThrow(
      "does not play TableClass of UpdateTable",
    );
  });
});

test("permissions see the table's tags", async () => {
  const { arn } = tables.records.get("orders")!;
  const context = { "aws:ResourceTag/gameday:target": "shop" };
  for (const [operation, input] of Object.entries({
    DescribeTable: { TableName: "orders" },
    UpdateTable: { TableName: "orders" },
    ListTagsOfResource: { ResourceArn: arn },
  })) {
    expect(tables.operations[operation]!.needs(input as never)).toEqual([
      { action: `dynamodb:${operation}`, resource: arn, context },
    ]);
  }
  expect(await call("ListTagsOfResource", { ResourceArn: arn })).toEqual({
    Tags: [{ Key: "gameday:target", Value: "shop" }],
  });
});

test("DynamoDB as the steps are handed it has items and tables, and keeps to the maximum", async () => {
  vi.useRealTimers();
  const real = await createTables(resources);
  const service = createDynamoDb(new TableThroughput({ resources, updateMs: 1 }), real.operations);
  try {
    const dynamodb = clientFor<Clients["dynamodb"]>(service);
    const documents = clientFor<Clients["documents"]>(service);
    const put = () => documents.send(new PutCommand({ TableName: "orders", Item: { id: "1" } }));
    await put();
    await dynamodb.send(
      new UpdateTableCommand({ TableName: "orders", OnDemandThroughput: { MaxWriteRequestUnits: 1 } }),
    );
    await vi.waitFor(async () => {
      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: "orders" }));
      expect(Table?.TableStatus).toBe("ACTIVE");
    });
    await put();
    await expect(put()).rejects.toMatchObject({ name: "ThrottlingException" });
  } finally {
    await real.stop();
  }
});
