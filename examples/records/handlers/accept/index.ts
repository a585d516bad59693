import { randomUUID } from "node:crypto";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import { observed, traced } from "../../../../functions/runtime/powertools.ts";
import { correlationIdOf, telemetry } from "../telemetry.ts";
import { accept } from "./accept.ts";

const queueUrl = process.env.QUEUE_URL;
if (!queueUrl) throw new Error("Expected the environment variable QUEUE_URL; examples/records/stack.ts sets it.");

// Else the host in the queue's URL is called, whatever endpoint the environment names (AWS_ENDPOINT_URL_SQS).
const sqs = traced(new SQSClient({ useQueueUrlAsEndpoint: false }));

/** `POST /record` behind the REST API when there is a queue. */
export const handler = ({ body, headers }: APIGatewayProxyEvent, context: Context) =>
  observed("accept-record", context, async () => {
    const answer = await accept(
      { body, correlationId: correlationIdOf(headers) },
      {
        async queue(queued) {
          await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(queued) }));
          telemetry.note("accepted", queued.record, queued.correlationId);
        },
        newId: randomUUID,
        now: () => new Date(),
      },
    );
    return { ...answer, headers: { "content-type": "application/json" } };
  });
