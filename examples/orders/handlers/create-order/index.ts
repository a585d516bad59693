import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { log, observed, traced } from "../../../../functions/runtime/powertools.ts";
import { createOrder, readImpairment } from "./create-order.ts";

const table = process.env.TABLE_NAME;
if (!table) throw new Error("Expected the environment variable TABLE_NAME; examples/orders/stack.ts sets it.");

const documents = DynamoDBDocumentClient.from(traced(new DynamoDBClient({})));
const impairment = readImpairment(process.env);

/** `POST /orders` behind the HTTP API. */
export const handler = (event: APIGatewayProxyEventV2, context: Context) =>
  observed("create-order", context, async () => {
    const body = event.isBase64Encoded ? Buffer.from(event.body ?? "", "base64").toString() : event.body;
    const answer = await createOrder(body, {
      store: async (order) => {
        await documents.send(new PutCommand({ TableName: table, Item: order }));
      },
      random: Math.random,
      impairment,
    });
    if (answer.statusCode >= 500) log.metric("OrdersFailed", "Count", 1);
    else if (answer.statusCode === 200) log.metric("OrdersStored", "Count", 1);
    return { ...answer, headers: { "content-type": "application/json" } };
  });
