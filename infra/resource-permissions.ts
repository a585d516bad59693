import { ArnFormat } from "aws-cdk-lib";
import { allow, anyFunction, type Grant, type Resources, tagged, wildcard } from "./grant.ts";

/** A kind of resource beside functions that game days may change, as IAM knows it. */
interface Changeable {
  readonly arn: (resources: Resources) => string;
  readonly wildcard: (reason: string) => Record<string, string>;
  /** By which Preflight sees what the resource is tagged with, beside those of `read`. */
  readonly seeTags: readonly string[];
  readonly read: readonly string[];
  readonly change: readonly string[];
  /** Where it is put back by another action. */
  readonly putBack?: readonly string[];
}

/**
 * Each service knows `aws:ResourceTag` for these resources and actions (Service Authorization Reference). In an account where
 * attribute-based access control is not enabled for DynamoDB, tables count as untagged there: nothing is permitted.
 */
const ALIASES: Changeable = {
  // An alias is permitted by its function, whose tags are the only ones.
  arn: anyFunction,
  wildcard: (reason) => wildcard("lambda", "function:*", reason)(),
  seeTags: ["lambda:GetFunctionConfiguration", "lambda:ListTags"],
  read: ["lambda:GetAlias"],
  change: ["lambda:UpdateAlias"],
};
const CHANGEABLE: readonly Changeable[] = [
  ALIASES,
  {
    arn: ({ stack }) =>
      stack.formatArn({
        service: "lambda",
        resource: "event-source-mapping",
        resourceName: "*",
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    wildcard: (reason) => wildcard("lambda", "event-source-mapping:*", reason)(),
    seeTags: ["lambda:ListTags"],
    read: ["lambda:GetEventSourceMapping"],
    change: ["lambda:UpdateEventSourceMapping"],
  },
  {
    arn: ({ stack }) => stack.formatArn({ service: "sqs", resource: "*" }),
    wildcard: (reason) => wildcard("sqs", "*", reason)(),
    seeTags: ["sqs:ListQueueTags"],
    read: ["sqs:GetQueueAttributes"],
    change: ["sqs:SetQueueAttributes"],
  },
  {
    arn: ({ stack }) => stack.formatArn({ service: "events", resource: "rule", resourceName: "*" }),
    wildcard: (reason) => wildcard("events", "rule/*", reason)(),
    seeTags: ["events:ListTagsForResource"],
    read: ["events:DescribeRule"],
    change: ["events:DisableRule"],
    putBack: ["events:EnableRule"],
  },
  {
    arn: ({ stack }) =>
      stack.formatArn({ service: "apigateway", account: "", resource: "/usageplans", resourceName: "*" }),
    wildcard: (reason) => ({ "arn:<AWS::Partition>:apigateway:<AWS::Region>::/usageplans/*": reason }),
    // A usage plan comes with its tags.
    seeTags: [],
    read: ["apigateway:GET"],
    change: ["apigateway:PATCH"],
  },
  {
    arn: ({ stack }) => stack.formatArn({ service: "dynamodb", resource: "table", resourceName: "*" }),
    wildcard: (reason) => wildcard("dynamodb", "table/*", reason)(),
    seeTags: ["dynamodb:ListTagsOfResource"],
    read: ["dynamodb:DescribeTable"],
    change: ["dynamodb:UpdateTable"],
  },
];

const grant = (
  actionsOf: (kind: Changeable) => readonly string[],
  reason: string,
  conditions?: typeof tagged,
  kinds: readonly Changeable[] = CHANGEABLE,
): Grant => ({
  statements: (resources) => kinds.map((kind) => allow([...actionsOf(kind)], [kind.arn(resources)], conditions)),
  wildcards: () => Object.assign({}, ...kinds.map((kind) => kind.wildcard(reason))),
});

const ANY_TAGGED = "Any target's resource, but only with the tag: see the condition.";

/** Without the condition: Preflight has to see that the tag is missing to say so. */
export const inspectResources = grant(
  ({ read, seeTags }) => [...read, ...seeTags],
  "Read only: Preflight says by name which resource lacks the tag.",
);
export const readResources = grant(({ read }) => read, ANY_TAGGED, tagged);
const readAndChange = ({ read, change }: Changeable) => [...read, ...change];
export const changeResources = grant(readAndChange, ANY_TAGGED, tagged);
/** What a deployment may change beside functions' configuration. */
export const moveAliases = grant(readAndChange, ANY_TAGGED, tagged, [ALIASES]);
export const putBackResources = grant(
  ({ read, change, putBack = change }) => [...read, ...putBack],
  ANY_TAGGED,
  tagged,
);
