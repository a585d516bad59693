import { setTimeout as sleep } from "node:timers/promises";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import type { Context } from "aws-lambda";
import { observed, traced } from "../../../../functions/runtime/powertools.ts";
import { measured } from "../../../telemetry.ts";
import { telemetry } from "../telemetry.ts";
import { variable } from "../variables.ts";
import { cached } from "./cached.ts";
import { deliver } from "./deliver.ts";
import { eachNotification } from "./invocation.ts";
import { readRetryPolicy } from "./retry.ts";

/** A key that was changed, or an endpoint, is in use after this long at the latest. */
const MAX_AGE_MS = 5 * 60_000;
/** With five attempts and the waits between them it stays below the function's own timeout. */
const ANSWER_WITHIN_MS = 5000;

const secretId = variable(process.env, "API_KEY_SECRET_ARN");
const parameterName = variable(process.env, "ENDPOINT_PARAMETER");
const policy = readRetryPolicy(process.env);

const secrets = traced(new SecretsManagerClient({}));
const parameters = traced(new SSMClient({}));

const apiKey = cached(
  async () => (await secrets.send(new GetSecretValueCommand({ SecretId: secretId }))).SecretString ?? "",
  MAX_AGE_MS,
  Date.now,
);
const endpoint = cached(
  async () => (await parameters.send(new GetParameterCommand({ Name: parameterName }))).Parameter?.Value ?? "",
  MAX_AGE_MS,
  Date.now,
);

async function post(body: object): Promise<{ status: number }> {
  const answer = await fetch(await endpoint(), {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": await apiKey() },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  // The connection is free for the next call only once the body is read.
  await answer.text();
  return answer;
}

/** What the rule invokes, or the event source mapping of the queue between. */
export const handler = (event: unknown, context: Context) =>
  observed("deliver", context, () =>
    measured(() =>
      eachNotification(event, (notification) =>
        deliver(notification, {
          post,
          now: Date.now,
          random: Math.random,
          sleep: (ms) => sleep(ms),
          policy,
          telemetry,
        }),
      ),
    ),
  );
