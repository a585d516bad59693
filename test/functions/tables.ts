import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { createTables } from "../../stand-in/aws/dynamodb/dynalite.ts";
import type { Resource } from "../../stand-in/templates/cfn/graph.ts";

/** The journal's and the leases' tables in a DynamoDB of the test's own, over HTTP with the real client. */
export async function startTables() {
  const tables = await createTables([table("journal", ["gameDay", "id"]), table("leases", ["target"])]);
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${tables.port}`,
    region: "local",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  return {
    documents: DynamoDBDocumentClient.from(client),
    async stop() {
      client.destroy();
      await tables.stop();
    },
  };
}

function table(name: string, keys: [string] | [string, string]): Resource {
  return {
    type: "AWS::DynamoDB::Table",
    name,
    ref: name,
    arn: `arn:aws:dynamodb:local:000000000000:table/${name}`,
    stack: "Test",
    logicalId: name,
    path: `Test/${name}`,
    properties: {
      AttributeDefinitions: keys.map((key) => ({ AttributeName: key, AttributeType: "S" })),
      KeySchema: keys.map((key, index) => ({ AttributeName: key, KeyType: index === 0 ? "HASH" : "RANGE" })),
    },
  };
}
