import { ArnFormat } from "aws-cdk-lib";
import type { ResourceField } from "../workflows/resources.ts";
import { allow, anyFunction, type Grant, type Resources, tagged, wildcard } from "./grant.ts";

/** What game days may do to resources of one kind, as IAM knows it. To add a fault is to look whether its calls are here. */
interface Changeable {
  readonly arn: (resources: Resources) => string;
  readonly wildcard: (reason: string) => Record<string, string>;
  /** By which Preflight sees what the resource is tagged with, and that it can be changed. */
  readonly inspect: readonly string[];
  readonly read: readonly string[];
  readonly change: readonly string[];
  /** Where it is put back by other actions. */
  readonly putBack?: readonly string[];
  /** By which a deployment reads and changes it, where one does. */
  readonly deploy?: readonly string[];
}

const ofFunctions = {
  arn: anyFunction,
  wildcard: (reason: string) => wildcard("lambda", "function:*", reason)(),
};

/**
 * Each service knows `aws:ResourceTag` for these resources and actions (Service Authorization Reference). In an account where
 * attribute-based access control is not enabled for DynamoDB, tables count as untagged there: nothing is permitted.
 */
const CHANGEABLE: Readonly<Record<ResourceField, Changeable>> = {
  function: {
    ...ofFunctions,
    inspect: ["lambda:GetFunctionConfiguration", "lambda:ListTags"],
    read: ["lambda:GetFunctionConfiguration", "lambda:GetFunctionConcurrency"],
    change: ["lambda:UpdateFunctionConfiguration", "lambda:PutFunctionConcurrency"],
    putBack: [
      "lambda:UpdateFunctionConfiguration",
      "lambda:PutFunctionConcurrency",
      "lambda:DeleteFunctionConcurrency",
    ],
    deploy: ["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"],
  },
  alias: {
    // An alias is permitted by its function, whose tags are the only ones.
    ...ofFunctions,
    inspect: ["lambda:GetAlias", "lambda:GetFunctionConfiguration", "lambda:ListTags"],
    read: ["lambda:GetAlias"],
    change: ["lambda:UpdateAlias"],
    deploy: ["lambda:GetAlias", "lambda:UpdateAlias"],
  },
  eventSource: {
    arn: ({ stack }) =>
      stack.formatArn({
        service: "lambda",
        resource: "event-source-mapping",
        resourceName: "*",
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    wildcard: (reason) => wildcard("lambda", "event-source-mapping:*", reason)(),
    inspect: ["lambda:GetEventSourceMapping", "lambda:ListTags"],
    read: ["lambda:GetEventSourceMapping"],
    change: ["lambda:UpdateEventSourceMapping"],
  },
  queue: {
    arn: ({ stack }) => stack.formatArn({ service: "sqs", resource: "*" }),
    wildcard: (reason) => wildcard("sqs", "*", reason)(),
    inspect: ["sqs:GetQueueAttributes", "sqs:ListQueueTags"],
    read: ["sqs:GetQueueAttributes"],
    change: ["sqs:SetQueueAttributes"],
  },
  rule: {
    arn: ({ stack }) => stack.formatArn({ service: "events", resource: "rule", resourceName: "*" }),
    wildcard: (reason) => wildcard("events", "rule/*", reason)(),
    inspect: ["events:DescribeRule", "events:ListTagsForResource"],
    read: ["events:DescribeRule"],
    change: ["events:DisableRule"],
    putBack: ["events:EnableRule"],
  },
  usagePlan: {
    arn: ({ stack }) =>
      stack.formatArn({ service: "apigateway", account: "", resource: "/usageplans", resourceName: "*" }),
    wildcard: (reason) => ({ "arn:<AWS::Partition>:apigateway:<AWS::Region>::/usageplans/*": reason }),
    // A usage plan comes with its tags.
    inspect: ["apigateway:GET"],
    read: ["apigateway:GET"],
    change: ["apigateway:PATCH"],
  },
  table: {
    arn: ({ stack }) => stack.formatArn({ service: "dynamodb", resource: "table", resourceName: "*" }),
    wildcard: (reason) => wildcard("dynamodb", "table/*", reason)(),
    inspect: ["dynamodb:DescribeTable", "dynamodb:ListTagsOfResource"],
    read: ["dynamodb:DescribeTable"],
    change: ["dynamodb:UpdateTable"],
  },
};

function grant(actionsOf: (kind: Changeable) => readonly string[], reason: string, conditions?: typeof tagged): Grant {
  const kinds = Object.values(CHANGEABLE).filter((kind) => actionsOf(kind).length > 0);
  return {
    statements: (resources) => kinds.map((kind) => allow([...actionsOf(kind)], [kind.arn(resources)], conditions)),
    wildcards: () => Object.assign({}, ...kinds.map((kind) => kind.wildcard(reason))),
  };
}

const ANY_TAGGED = "Any target's resource, but only with the tag: see the condition.";

/** Without the condition: Preflight has to see that the tag is missing to say so. */
export const inspectResources = grant(
  ({ inspect }) => inspect,
  "Read only: Preflight says by name which resource lacks the tag.",
);
export const readResources = grant(({ read }) => read, ANY_TAGGED, tagged);
export const changeResources = grant(({ read, change }) => [...read, ...change], ANY_TAGGED, tagged);
export const deployResources = grant(({ deploy = [] }) => deploy, ANY_TAGGED, tagged);
export const putBackResources = grant(
  ({ read, change, putBack = change }) => [...read, ...putBack],
  ANY_TAGGED,
  tagged,
);
