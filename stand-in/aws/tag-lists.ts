import type { ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput } from "@aws-sdk/client-eventbridge";
import type { ListTagsCommandInput, ListTagsCommandOutput } from "@aws-sdk/client-lambda";
import type { ListQueueTagsCommandInput, ListQueueTagsCommandOutput } from "@aws-sdk/client-sqs";
import { operation, type Service, ServiceError } from "./operation.ts";
import { tagContext } from "./resource-tags.ts";

interface Tagged {
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
}

const byArn = <Record extends Tagged>(records: Iterable<Record>, arn: string | undefined): Record => {
  for (const record of records) if (record.arn === arn) return record;
  throw new ServiceError("ResourceNotFoundException", `The resource you requested does not exist: ${arn}`, 404);
};
const needs = (action: string, { arn, tags }: Tagged) => [{ action, resource: arn, context: tagContext(tags) }];

/** As templates list tags, and most services. */
export const asList = (tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** What Lambda says of the tags of functions and of event source mappings. */
export const lambdaTags = (functions: Iterable<Tagged>, eventSources: Iterable<Tagged>): Service => {
  const find = (arn: string | undefined) => byArn([...functions, ...eventSources], arn);
  return {
    ListTags: operation<ListTagsCommandInput, ListTagsCommandOutput>({
      needs: ({ Resource }) => needs("lambda:ListTags", find(Resource)),
      run: async ({ Resource }) => ({ Tags: { ...find(Resource).tags } }),
    }),
  };
};

export const ruleTags = (rules: readonly Tagged[]): Service => ({
  ListTagsForResource: operation<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput>({
    needs: ({ ResourceARN }) => needs("events:ListTagsForResource", byArn(rules, ResourceARN)),
    run: async ({ ResourceARN }) => ({ Tags: asList(byArn(rules, ResourceARN).tags) }),
  }),
});

/** @param byUrl the queue with a URL, if there is one */
export function queueTags(byUrl: (url: string) => Tagged | undefined): Service {
  const find = (url = ""): Tagged => {
    const queue = byUrl(url);
    if (queue) return queue;
    throw new ServiceError("QueueDoesNotExist", "The specified queue does not exist.");
  };
  return {
    ListQueueTags: operation<ListQueueTagsCommandInput, ListQueueTagsCommandOutput>({
      needs: ({ QueueUrl }) => needs("sqs:ListQueueTags", find(QueueUrl)),
      run: async ({ QueueUrl }) => ({ Tags: { ...find(QueueUrl).tags } }),
    }),
  };
}
