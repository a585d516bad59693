import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import dynalite from "dynalite";
import type { Resource } from "../../templates/cfn/graph.ts";
import { type Operations, operation } from "../operation.ts";
import { type ItemOperation, itemOperations, tableNeeds } from "./operations.ts";

export interface Tables {
  readonly operations: Operations;
  /** Whoever has this may do everything, as nobody asks: for the stand-in itself. */
  readonly documents: DynamoDBDocumentClient;
  /** Where dynalite listens: the gateway passes on to it what was authorised. */
  readonly port: number;
  stop(): Promise<void>;
}

/** The SDK's document command behind each item operation. */
const COMMANDS: Readonly<Record<ItemOperation, new (input: never) => object>> = {
  Put: PutCommand,
  Get: GetCommand,
  Update: UpdateCommand,
  Delete: DeleteCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
};

/**
 * DynamoDB by dynalite, with the tables of the templates. With a path they are kept there, by LevelDB: it hands each
 * write to the system before it answers, so that a killed process loses none. One process at a time may have it open.
 */
export async function createTables(resources: readonly Resource[], path?: string): Promise<Tables> {
  const server = dynalite({ createTableMs: 0, ...(path === undefined ? {} : { path }) });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve());
  });
  const { port } = server.address() as { port: number };
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "local",
    credentials: { accessKeyId: "stand-in", secretAccessKey: "stand-in" },
  });
  for (const { name, properties } of resources) {
    const { AttributeDefinitions, KeySchema } = properties as Pick<
      CreateTableCommandInput,
      "AttributeDefinitions" | "KeySchema"
    >;
    try {
      await client.send(
        new CreateTableCommand({ TableName: name, AttributeDefinitions, KeySchema, BillingMode: "PAY_PER_REQUEST" }),
      );
    } catch (error) {
      // It is there from before.
      if (path === undefined || !(error instanceof ResourceInUseException)) throw error;
    }
    await untilActive(client, name);
  }
  const documents = DynamoDBDocumentClient.from(client);
  const operations = Object.fromEntries(
    itemOperations.map(([name, action]) => [
      name,
      operation<{ TableName?: string }, object>({
        needs: ({ TableName }) => tableNeeds(action, TableName),
        async run(input) {
          return documents.send(new COMMANDS[name](input as never) as never) as Promise<object>;
        },
      }),
    ]),
  );
  return {
    port,
    documents,
    operations,
    async stop() {
      client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** As on AWS, a table that has just been made cannot be used yet. */
async function untilActive(client: DynamoDBClient, TableName: string): Promise<void> {
  const describe = new DescribeTableCommand({ TableName });
  while ((await client.send(describe)).Table?.TableStatus !== "ACTIVE") await sleep(1);
}
