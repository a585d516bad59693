import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyEvent, Context, SQSEvent } from "aws-lambda";
import { observed, traced } from "../../../../functions/runtime/powertools.ts";
import { measured } from "../../../telemetry.ts";
import type { UserRecord } from "../record.ts";
import { correlationIdOf, telemetry } from "../telemetry.ts";
import { isQueueEvent, type Outside, saveQueued, saveRequested } from "./save-record.ts";

const table = process.env.TABLE_NAME;
if (!table) throw new Error("Expected the environment variable TABLE_NAME; examples/records/stack.ts sets it.");

const documents = DynamoDBDocumentClient.from(traced(new DynamoDBClient({})));

async function store(record: UserRecord): Promise<boolean> {
  try {
    const condition = { ConditionExpression: "attribute_not_exists(RecordId)" };
    await documents.send(new PutCommand({ TableName: table, Item: record, ...condition }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

const outside: Outside = { store, newId: randomUUID, now: () => new Date(), telemetry };

/** `POST /record` behind the REST API, or what the event source mapping of the queue between invokes. */
export const handler = (event: APIGatewayProxyEvent | SQSEvent, context: Context) =>
  observed("save-user-record", context, () =>
    measured(async () => {
      if (isQueueEvent(event)) return saveQueued(event, outside);
      const { body, headers } = event as APIGatewayProxyEvent;
      const answer = await saveRequested({ body, correlationId: correlationIdOf(headers) }, outside);
      return { ...answer, headers: { "content-type": "application/json" } };
    }),
  );
