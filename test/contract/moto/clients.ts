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
import type { Clients } from "../../../functions/runtime/clients.ts";
import { REGION } from "../../../stand-in/templates/cfn/naming.ts";

/** The SDK's clients, as `functions/runtime/lambda.ts` builds them but for where they call. */
export type RealClients = Clients;

export function realClients(endpoint: string): RealClients & { destroy(): void } {
  const settings = {
    endpoint,
    region: REGION,
    credentials: { accessKeyId: "contract", secretAccessKey: "contract" },
    maxAttempts: 1,
  };
  const dynamodb = new DynamoDBClient(settings);
  const clients = {
    apigateway: new APIGatewayClient(settings),
    cloudformation: new CloudFormationClient(settings),
    cloudwatch: new CloudWatchClient(settings),
    devopsguru: new DevOpsGuruClient(settings),
    dynamodb,
    ecs: new ECSClient(settings),
    eventbridge: new EventBridgeClient(settings),
    fis: new FisClient(settings),
    lambda: new LambdaClient(settings),
    // A bucket's name before the host would need a name service.
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    sfn: new SFNClient(settings),
    sns: new SNSClient(settings),
    sqs: new SQSClient(settings),
    ssm: new SSMClient(settings),
  };
  return {
    ...clients,
    documents: DynamoDBDocumentClient.from(dynamodb),
    destroy: () => Object.values(clients).forEach((client) => void client.destroy()),
  };
}
