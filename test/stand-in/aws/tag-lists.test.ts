import { expect, test } from "vitest";
import { lambdaTags, queueTags, ruleTags } from "../../../stand-in/aws/tag-lists.ts";

const tagged = (arn: string) => ({ arn, tags: { team: arn } });
const services = {
  ...lambdaTags([tagged("arn:function")], [tagged("arn:mapping")]),
  ...ruleTags([tagged("arn:rule")]),
  ...queueTags((url) => (url === "https://queue" ? tagged("arn:queue") : undefined)),
};

const LISTS = [
  { name: "ListTags", service: "lambda", input: { Resource: "arn:function" }, arn: "arn:function" },
  { name: "ListTags", service: "lambda", input: { Resource: "arn:mapping" }, arn: "arn:mapping" },
  { name: "ListQueueTags", service: "sqs", input: { QueueUrl: "https://queue" }, arn: "arn:queue" },
  { name: "ListTagsForResource", service: "events", input: { ResourceARN: "arn:rule" }, arn: "arn:rule" },
];
test.each(LISTS)("$name lists the tags of $arn, and permissions see them", async ({ name, service, input, arn }) => {
  const operation = services[name]!;
  expect(operation.needs(input as never)).toEqual([
    { action: `${service}:${name}`, resource: arn, context: { "aws:ResourceTag/team": arn } },
  ]);
  const Tags = service === "events" ? [{ Key: "team", Value: arn }] : { team: arn };
  expect(await operation.run(input as never)).toEqual({ Tags });
});

test.each([
  ["ListTags", { Resource: "arn:none" }, "ResourceNotFoundException"],
  ["ListTagsForResource", { ResourceARN: "arn:none" }, "ResourceNotFoundException"],
  ["ListQueueTags", { QueueUrl: "https://none" }, "QueueDoesNotExist"],
])("%s of what is not there fails as on AWS", async (name, input, error) => {
  await expect(services[name]!.run(input as never)).rejects.toMatchObject({ name: error });
});
