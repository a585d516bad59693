import type { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { DevOpsGuruClient } from "@aws-sdk/client-devops-guru";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { ECSClient } from "@aws-sdk/client-ecs";
import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { FisClient } from "@aws-sdk/client-fis";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SFNClient } from "@aws-sdk/client-sfn";
import type { SNSClient } from "@aws-sdk/client-sns";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { SSMClient } from "@aws-sdk/client-ssm";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** An SDK client as the steps see it: `send(command)`, typed by the SDK. The stand-in region has the same face. */
export type Client<C extends { send: unknown }> = Pick<C, "send">;

/** What the steps talk to. Built once outside and handed in. */
export interface Clients {
  readonly apigateway: Client<APIGatewayClient>;
  readonly cloudformation: Client<CloudFormationClient>;
  readonly cloudwatch: Client<CloudWatchClient>;
  readonly devopsguru: Client<DevOpsGuruClient>;
  /** What is in tables. */
  readonly documents: Client<DynamoDBDocumentClient>;
  /** Tables themselves. */
  readonly dynamodb: Client<DynamoDBClient>;
  readonly ecs: Client<ECSClient>;
  readonly eventbridge: Client<EventBridgeClient>;
  readonly fis: Client<FisClient>;
  readonly lambda: Client<LambdaClient>;
  readonly s3: Client<S3Client>;
  readonly sfn: Client<SFNClient>;
  readonly sns: Client<SNSClient>;
  readonly sqs: Client<SQSClient>;
  readonly ssm: Client<SSMClient>;
}
