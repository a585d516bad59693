import type { Contracts } from "../contract.ts";
import { cloudwatch } from "./cloudwatch.ts";
import { dynamodb, memoryTables } from "./dynamodb.ts";
import { ecs } from "./ecs.ts";
import { fis } from "./fis.ts";
import { lambda } from "./lambda.ts";
import { s3 } from "./s3.ts";
import { sfn } from "./sfn.ts";
import { sns } from "./sns.ts";
import { ssm } from "./ssm.ts";

/** Every service with contracts. To add one: its file beside this one and a line here. */
export const services: readonly Contracts<unknown>[] = [
  ...[cloudwatch, dynamodb, memoryTables, ecs, fis, lambda, s3, sfn, sns, ssm],
];
