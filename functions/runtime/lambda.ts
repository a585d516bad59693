import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DevOpsGuruClient } from "@aws-sdk/client-devops-guru";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ECSClient } from "@aws-sdk/client-ecs";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { FisClient } from "@aws-sdk/client-fis";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { buildRuntime } from "./build.ts";
import { readConfiguration } from "./configuration.ts";
import { drillFolder } from "./drill-folder.ts";
import { log, observed, traced } from "./powertools.ts";
import type { Step } from "./step.ts";

/** The entry of every step's function: `infra/bundle.ts` writes `export const handler = serve(theStep)`. */
export function serve<Input, Output>(step: Step<Input, Output>) {
  const dynamodb = traced(new DynamoDBClient({}));
  const runtime = buildRuntime({
    clients: {
      apigateway: traced(new APIGatewayClient({})),
      cloudformation: traced(new CloudFormationClient({})),
      cloudwatch: traced(new CloudWatchClient({})),
      devopsguru: traced(new DevOpsGuruClient({})),
      documents: DynamoDBDocumentClient.from(dynamodb),
      dynamodb,
      ecs: traced(new ECSClient({})),
      eventbridge: traced(new EventBridgeClient({})),
      fis: traced(new FisClient({})),
      lambda: traced(new LambdaClient({})),
      s3: traced(new S3Client({})),
      sfn: traced(new SFNClient({})),
      sns: traced(new SNSClient({})),
      sqs: traced(new SQSClient({})),
      ssm: traced(new SSMClient({})),
    },
    configuration: readConfiguration(process.env),
    clock: { now: () => new Date() },
    drills: drillFolder(new URL("./drills/", import.meta.url), "json", JSON.parse),
    log,
    provenance: () => ({
      real: ["everything: this game day ran on AWS"],
      played: [],
      environment: { region: process.env.AWS_REGION ?? "unknown", node: process.version },
    }),
  });
  return (event: unknown, context: { awsRequestId: string }): Promise<Output> =>
    observed(step.name, context, () => step.call(event, runtime));
}
