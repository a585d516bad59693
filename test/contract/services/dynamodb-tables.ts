import { CreateTableCommand, DescribeTableCommand, ListTagsOfResourceCommand } from "@aws-sdk/client-dynamodb";
import { tagsOf } from "../../../functions/changes/resource-tags.ts";
import { TableThroughput } from "../../../stand-in/aws/dynamodb/operations.ts";
import { clientFor } from "../../functions/runtime-for.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { target } from "../../workflows/sample.ts";
import { contracts, errorsOf, pick } from "../contract.ts";

const TableName = "orders";
const table = {
  TableName,
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" as const }],
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" as const }],
  BillingMode: "PAY_PER_REQUEST" as const,
  Tags: [{ Key: "gameday:target", Value: target.name }],
};

export const dynamodbTables = contracts<undefined>({
  of: "DynamoDB's tables",
  async inMoto({ dynamodb: client }) {
    await client.send(new CreateTableCommand(table));
    return undefined;
  },
  async inStandIn() {
    const { resources } = graphOf({ Table: { Type: "AWS::DynamoDB::Table", Properties: table } });
    return {
      clients: { dynamodb: clientFor(new TableThroughput({ resources, updateMs: 0 })) },
      world: undefined,
    };
  },
  contracts: {
    "an on-demand table without a maximum, and its tags": async (clients) => {
      const { Table } = await clients.dynamodb.send(new DescribeTableCommand({ TableName }));
      return {
        table: pick(Table, "TableName", "TableArn", "TableStatus", "OnDemandThroughput"),
        mode: Table?.BillingModeSummary?.BillingMode,
        tags: await tagsOf({ field: "table", name: "orders" }, { ...target, tables: { orders: TableName } }, clients),
      };
    },
    "what is not there": async ({ dynamodb: client }) => {
      const { Table } = await client.send(new DescribeTableCommand({ TableName }));
      return errorsOf({
        table: () => client.send(new DescribeTableCommand({ TableName: "none" })),
        tags: () => client.send(new ListTagsOfResourceCommand({ ResourceArn: `${Table!.TableArn}none` })),
      });
    },
  },
});
