import type { Contracts } from "../contract.ts";
import { apiGateway } from "./api-gateway.ts";
import { cloudformation } from "./cloudformation.ts";
import { cloudwatch } from "./cloudwatch.ts";
import { dynamodb, memoryTables } from "./dynamodb.ts";
import { dynamodbTables } from "./dynamodb-tables.ts";
import { ecs } from "./ecs.ts";
import { eventSources } from "./event-sources.ts";
import { eventbridge } from "./eventbridge.ts";
import { fis } from "./fis.ts";
import { lambda } from "./lambda.ts";
import { lambdaVersions } from "./lambda-versions.ts";
import { s3 } from "./s3.ts";
import { sfn } from "./sfn.ts";
import { sns } from "./sns.ts";
import { sqs } from "./sqs.ts";
import { ssm } from "./ssm.ts";

/** Every service with contracts. To add one: its file beside this one and a line here. */
export const services: readonly Contracts<unknown>[] = [
  ...[
    apiGateway,
    cloudformation,
    cloudwatch,
    dynamodb,
    dynamodbTables,
    memoryTables,
    ecs,
    eventbridge,
    eventSources,
    fis,
    lambda,
  ],
  ...[lambdaVersions, s3, sfn, sns, sqs, ssm],
];
