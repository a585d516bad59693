import { setTimeout as sleep } from "node:timers/promises";
import type { APIGatewayProxyEvent, Context } from "aws-lambda";
import { observed } from "../../../../functions/runtime/powertools.ts";
import { answer, readTemper } from "./answer.ts";

const temper = readTemper(process.env);

/** `POST /slow` behind the REST API. */
export const handler = (_event: APIGatewayProxyEvent, context: Context) =>
  observed("slow-api", context, async () => ({
    ...(await answer({ random: Math.random, sleep: (ms) => sleep(ms), temper })),
    headers: { "content-type": "application/json" },
  }));
