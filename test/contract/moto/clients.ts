import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DevOpsGuruClient } from "@aws-sdk/client-devops-guru";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ECSClient } from "@aws-sdk/client-ecs";
import { FisClient } from "@aws-sdk/client-fis";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { SNSClient } from "@aws-sdk/client-sns";
import { SSMClient } from "@aws-sdk/client-ssm";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { Clients } from "../../../functions/runtime/clients.ts";
import { REGION } from "../../../rehearsal/cfn/attributes.ts";

/** The SDK's clients, as `functions/runtime/lambda.ts` builds them but for where they call. */
export interface RealClients extends Clients {
  readonly dynamodb: Pick<DynamoDBClient, "send">;
}

export function realClients(endpoint: string): RealClients & { destroy(): void } {
  const settings = {
    endpoint,
    region: REGION,
    credentials: { accessKeyId: "contract", secretAccessKey: "contract" },
    maxAttempts: 1,
  };
  const dynamodb = new DynamoDBClient(settings);
  const clients = {
    cloudwatch: new CloudWatchClient(settings),
    devopsguru: new DevOpsGuruClient(settings),
    dynamodb,
    ecs: new ECSClient(settings),
    fis: new FisClient(settings),
    lambda: new LambdaClient(settings),
    // A bucket's name before the host would need a name service.
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    sfn: new SFNClient(settings),
    sns: new SNSClient(settings),
    ssm: new SSMClient(settings),
  };
  return {
    ...clients,
    documents: DynamoDBDocumentClient.from(dynamodb),
    destroy: () => Object.values(clients).forEach((client) => void client.destroy()),
  };
}
