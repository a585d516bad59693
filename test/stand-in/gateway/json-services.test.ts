import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetParameterCommand, ParameterNotFound, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Event } from "../../../stand-in/aws/eventbridge/patterns.ts";
import { Buckets } from "../../../stand-in/aws/s3/operations.ts";
import { type Gateway, reserveGateway } from "../../../stand-in/gateway/gateway.ts";
import { createIdentities } from "../../../stand-in/iam/identities.ts";
import { servicesOf } from "../services-of.ts";
import { graphOf } from "../templates.ts";

/** What hosted functions call over HTTP beside tables and buckets, asked with the real clients of the SDK. */

const role = (...Statement: object[]) => ({
  Type: "AWS::IAM::Role",
  Properties: { Policies: [{ PolicyDocument: { Statement } }] },
});
const may = (Action: string | string[], Resource: unknown) => ({ Effect: "Allow", Action, Resource });
const graph = graphOf({
  Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "notices" } },
  Secret: { Type: "AWS::SecretsManager::Secret", Properties: { SecretString: "sesame" } },
  Endpoint: { Type: "AWS::SSM::Parameter", Properties: { Name: "/shop/endpoint", Value: "http://shop" } },
  Queue: { Type: "AWS::SQS::Queue" },
  Worker: role(
    may("events:PutEvents", { "Fn::GetAtt": ["Bus", "Arn"] }),
    may("secretsmanager:GetSecretValue", { Ref: "Secret" }),
    may(["ssm:GetParameter", "ssm:PutParameter"], "*"),
    may(["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"], { "Fn::GetAtt": ["Queue", "Arn"] }),
  ),
  Nobody: role(may("logs:PutLogEvents", "*")),
});
const named = (logicalId: string) => graph.resources.find((resource) => resource.logicalId === logicalId)!;
const identities = createIdentities(graph);
const events: [Event, string][] = [];
const { services, queues } = servicesOf(graph, {
  identities,
  put: (event, busName = "default") => events.push([event, busName]),
});

let gateway: Gateway;
beforeAll(async () => {
  gateway = await reserveGateway();
  gateway.open({ identities, buckets: new Buckets([]), tablesPort: 0, services });
});
afterAll(() => gateway.stop());
const as = (logicalId: string) => ({
  region: "rehearsal-1",
  endpoint: gateway.url,
  credentials: { accessKeyId: identities.of(named(logicalId).arn!).accessKeyId, secretAccessKey: "stand-in" },
  maxAttempts: 1,
});

describe("a function's role that allows it", () => {
  test("puts events on a bus", async () => {
    const Entries = [{ EventBusName: "notices", Source: "shop", DetailType: "Sold", Detail: "{}", Time: new Date(0) }];
    const answer = await new EventBridgeClient(as("Worker")).send(new PutEventsCommand({ Entries }));
    expect(answer).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] });
    expect(events).toMatchObject([[{ source: "shop", time: "1970-01-01T00:00:00Z" }, "notices"]]);
  });

  test("reads a secret and a parameter", async () => {
    const secret = new GetSecretValueCommand({ SecretId: named("Secret").ref });
    expect(await new SecretsManagerClient(as("Worker")).send(secret)).toMatchObject({ SecretString: "sesame" });
    const parameter = new GetParameterCommand({ Name: "/shop/endpoint" });
    expect((await new SSMClient(as("Worker")).send(parameter)).Parameter?.Value).toBe("http://shop");
  });

  test("sends, receives and deletes messages, whose digests the SDK checks", async () => {
    const sqs = new SQSClient(as("Worker"));
    const QueueUrl = named("Queue").ref;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello" }));
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages).toMatchObject([{ Body: "hello" }]);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0]!.ReceiptHandle }));
    expect(queues.look(queues.byUrl(QueueUrl)!)).toMatchObject({ visible: 0, notVisible: 0 });
  });

  test("hears of what is not there by its own name, and of what is not played", async () => {
    const ssm = new SSMClient(as("Worker"));
    await expect(ssm.send(new GetParameterCommand({ Name: "/none" }))).rejects.toBeInstanceOf(ParameterNotFound);
    const put = new PutParameterCommand({ Name: "/shop/endpoint", Value: "http://other" });
    await expect(ssm.send(put)).rejects.toMatchObject({
      message: "The stand-in region does not play AmazonSSM.PutParameter.",
    });
  });
});

test("a role that does not is denied, and nothing happens", async () => {
  const before = events.length;
  const Entries = [{ EventBusName: "notices", Source: "shop", DetailType: "Sold", Detail: "{}" }];
  const denied = { name: "AccessDeniedException", message: expect.stringContaining("events:PutEvents") };
  await expect(new EventBridgeClient(as("Nobody")).send(new PutEventsCommand({ Entries }))).rejects.toMatchObject(
    denied,
  );
  expect(events).toHaveLength(before);
});
