import { expect, test } from "vitest";
import { servicesOf } from "../services-of.ts";
import { graphOf } from "../templates.ts";

const Tags = [{ Key: "team", Value: "shop" }];
const graph = graphOf({
  Worker: {
    Type: "AWS::IAM::Role",
    Properties: {
      Policies: [{ PolicyDocument: { Statement: [{ Effect: "Allow", Action: "sqs:*", Resource: "*" }] } }],
    },
  },
  Fn: {
    Type: "AWS::Lambda::Function",
    Properties: { FunctionName: "orders", Role: { "Fn::GetAtt": ["Worker", "Arn"] }, Tags },
  },
  Queue: { Type: "AWS::SQS::Queue", Properties: { Tags } },
  Mapping: {
    Type: "AWS::Lambda::EventSourceMapping",
    Properties: { FunctionName: { Ref: "Fn" }, EventSourceArn: { "Fn::GetAtt": ["Queue", "Arn"] }, Tags },
  },
  Rule: { Type: "AWS::Events::Rule", Properties: { Name: "rule", Tags } },
});
const { services, eventSources } = servicesOf(graph);
const [queue] = graph.ofType("AWS::SQS::Queue");
const arnOf = (type: string) => graph.ofType(type)[0]!.arn!;
const [mapping] = [...eventSources.values()];

const LISTS = [
  { name: "ListTags", service: "lambda", input: { Resource: arnOf("AWS::Lambda::Function") } },
  { name: "ListTags", service: "lambda", input: { Resource: mapping!.arn } },
  { name: "ListQueueTags", service: "sqs", input: { QueueUrl: queue!.ref }, arn: queue!.arn },
  { name: "ListTagsForResource", service: "eventbridge", input: { ResourceARN: arnOf("AWS::Events::Rule") } },
] as const;
test.each(LISTS)(
  "$name lists the tags of $input, and permissions see them",
  async ({ name, service, input, ...rest }) => {
    const operation = services[service].operations[name]!;
    const resource = "arn" in rest ? rest.arn : Object.values(input)[0];
    expect(operation.needs(input as never)).toEqual([
      {
        action: `${service === "eventbridge" ? "events" : service}:${name}`,
        resource,
        context: { "aws:ResourceTag/team": "shop" },
      },
    ]);
    expect(await operation.run(input as never)).toEqual({
      Tags: service === "eventbridge" ? Tags : { team: "shop" },
    });
  },
);

test.each([
  ["lambda", "ListTags", { Resource: "arn:none" }, "ResourceNotFoundException"],
  ["eventbridge", "ListTagsForResource", { ResourceARN: "arn:none" }, "ResourceNotFoundException"],
  ["sqs", "ListQueueTags", { QueueUrl: "https://none" }, "QueueDoesNotExist"],
] as const)("%s %s of what is not there fails as on AWS", async (service, name, input, error) => {
  const { run } = services[service].operations[name]!;
  await expect((async () => run(input as never))()).rejects.toMatchObject({ name: error });
});
