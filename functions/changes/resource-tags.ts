import { GetUsagePlanCommand } from "@aws-sdk/client-api-gateway";
import { DescribeTableCommand, ListTagsOfResourceCommand } from "@aws-sdk/client-dynamodb";
import { DescribeRuleCommand, ListTagsForResourceCommand } from "@aws-sdk/client-eventbridge";
import { GetEventSourceMappingCommand, GetFunctionConfigurationCommand, ListTagsCommand } from "@aws-sdk/client-lambda";
import { ListQueueTagsCommand } from "@aws-sdk/client-sqs";
import type { NamedResource, ResourceField } from "../../workflows/resources.ts";
import type { Target } from "../../workflows/state.ts";
import type { Clients } from "../runtime/clients.ts";
import { pagesOf } from "../runtime/pages.ts";
import { targetResource } from "./target-resource.ts";

type Tags = Readonly<Record<string, string>>;
type Look = (name: string, target: Target, clients: Clients) => Promise<Tags>;

const listed = (tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined): Tags =>
  Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));

const LOOKS: Readonly<Record<ResourceField, Look>> = {
  async function(name, target, { lambda }) {
    return functionTags(targetResource("function", name, target), lambda);
  },
  async eventSource(name, target, { lambda }) {
    const UUID = targetResource("eventSource", name, target);
    const { EventSourceMappingArn } = await lambda.send(new GetEventSourceMappingCommand({ UUID }));
    const { Tags } = await lambda.send(new ListTagsCommand({ Resource: EventSourceMappingArn }));
    return Tags ?? {};
  },
  async queue(name, target, { sqs }) {
    const QueueUrl = targetResource("queue", name, target);
    return (await sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags ?? {};
  },
  async rule(name, target, { eventbridge }) {
    const { name: Name, eventBusName: EventBusName } = targetResource("rule", name, target);
    const { Arn } = await eventbridge.send(new DescribeRuleCommand({ Name, EventBusName }));
    return listed((await eventbridge.send(new ListTagsForResourceCommand({ ResourceARN: Arn }))).Tags);
  },
  async usagePlan(name, target, { apigateway }) {
    const usagePlanId = targetResource("usagePlan", name, target);
    return (await apigateway.send(new GetUsagePlanCommand({ usagePlanId }))).tags ?? {};
  },
  async table(name, target, { dynamodb }) {
    const TableName = targetResource("table", name, target);
    const ResourceArn = (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table?.TableArn;
    const pages = await pagesOf(
      (NextToken) => dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn, ...(NextToken ? { NextToken } : {}) })),
      (page) => page.NextToken,
    );
    return listed(pages.flatMap(({ Tags }) => Tags ?? []));
  },
  // An alias has no tags of its own: its function's count.
  async alias(name, target, { lambda }) {
    return functionTags(targetResource("alias", name, target).functionName, lambda);
  },
};

async function functionTags(FunctionName: string, lambda: Clients["lambda"]): Promise<Tags> {
  const { FunctionArn } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return (await lambda.send(new ListTagsCommand({ Resource: FunctionArn }))).Tags ?? {};
}

/** What a resource of the target is tagged with. */
export const tagsOf = ({ field, name }: NamedResource, target: Target, clients: Clients): Promise<Tags> =>
  LOOKS[field](name, target, clients);
