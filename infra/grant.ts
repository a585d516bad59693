import { ArnFormat, type Stack } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { Cluster, FargateTaskDefinition } from "aws-cdk-lib/aws-ecs";
import { PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import type { Topic } from "aws-cdk-lib/aws-sns";
import { TAGS } from "../workflows/names.ts";
import type { PublishedStack } from "./published-stacks.ts";

/** What the steps' permissions are about. */
export interface Resources {
  stack: Stack;
  journal: Table;
  leases: Table;
  results: Bucket;
  topic: Topic;
  cluster: Cluster;
  task: FargateTaskDefinition;
  /** What FIS takes on for an experiment. */
  experimentRole: Role;
  /** The stacks that game days bring up and take down. */
  ephemeral: readonly PublishedStack[];
}

/** One permission of a step, with the reasons for the wildcards in it (cdk-nag finding `AwsSolutions-IAM5[Resource::…]`). */
export interface Grant {
  statements(resources: Resources): PolicyStatement[];
  wildcards?(resources: Resources): Record<string, string>;
}

export const allow = (actions: string[], resources: string[], conditions?: Record<string, Record<string, unknown>>) =>
  new PolicyStatement({ actions, resources, ...(conditions ? { conditions } : {}) });

const HERE = "arn:<AWS::Partition>:SERVICE:<AWS::Region>:<AWS::AccountId>";
export const wildcard = (service: string, resource: string, reason: string) => () => ({
  [`${HERE.replace("SERVICE", service)}:${resource}`]: reason,
});

export const anyFunction = ({ stack }: Resources): string =>
  stack.formatArn({
    service: "lambda",
    resource: "function",
    resourceName: "*",
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** Nothing that lacks the tag may be touched, whatever a drill says. */
export const tagged = { StringLike: { [`aws:ResourceTag/${TAGS.target}`]: "*" } };
