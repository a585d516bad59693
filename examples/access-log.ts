import type { Stack } from "aws-cdk-lib";
import type { CfnStage, HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";

/** Writes a line for each request of an HTTP API: which, when, where, how it ended and how long it took. */
export function logAccess(stack: Stack, api: HttpApi): void {
  const log = new LogGroup(stack, "AccessLog", { retention: RetentionDays.ONE_MONTH });
  const stage = api.defaultStage?.node.defaultChild as CfnStage;
  stage.accessLogSettings = {
    destinationArn: log.logGroupArn,
    format: JSON.stringify({
      requestId: "$context.requestId",
      at: "$context.requestTimeEpoch",
      route: "$context.routeKey",
      status: "$context.status",
      latencyMs: "$context.responseLatency",
    }),
  };
}
