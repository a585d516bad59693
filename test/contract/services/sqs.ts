import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListQueueTagsCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { queueImpairment } from "../../../functions/changes/queue-impairment.ts";
import { tagsOf } from "../../../functions/changes/resource-tags.ts";
import type { Clients } from "../../../functions/runtime/clients.ts";
import { Metrics } from "../../../stand-in/aws/cloudwatch/metrics.ts";
import { createSqs } from "../../../stand-in/aws/sqs/operations.ts";
import { Queues } from "../../../stand-in/aws/sqs/queues.ts";
import { clientFor } from "../../functions/runtime-for.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { target } from "../../workflows/sample.ts";
import { contracts, errorsOf } from "../contract.ts";
import { storyOf } from "../story.ts";

const QueueName = "deliveries";
const tags = { "gameday:target": target.name };
const THEIRS = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Sid: "Rules", Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" },
});
const spec = {
  kind: "queue-impairment",
  queue: "deliveries",
  deny: ["send", "receive"] as ("send" | "receive")[],
} as const;
const inTarget = (url: string) => ({ ...target, queues: { deliveries: url } });

/** What a policy says: moto writes its text anew. */
const read = (policy: string | undefined): unknown => (policy ? JSON.parse(policy) : "none");

async function policyOf({ sqs: client }: Clients, QueueUrl: string): Promise<unknown> {
  const asked = { QueueUrl, AttributeNames: ["Policy" as const] };
  return read((await client.send(new GetQueueAttributesCommand(asked))).Attributes?.Policy);
}

export const sqs = contracts<{ url: string }>({
  of: "SQS",
  inMoto: async ({ sqs: client }) => ({
    url: (await client.send(new CreateQueueCommand({ QueueName, tags }))).QueueUrl!,
  }),
  async inStandIn() {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const graph = graphOf({ Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName, Tags } } });
    const queues = new Queues(graph, new Metrics(Date.now));
    const service = createSqs(queues);
    return {
      clients: { sqs: clientFor(service) },
      world: { url: graph.resources[0]!.ref },
      stop: () => queues.stop(),
    };
  },
  contracts: {
    "a policy is kept, and an empty one is none": async (clients, { url }) => {
      const seen = [await policyOf(clients, url)];
      for (const Policy of [THEIRS, ""]) {
        await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { Policy } }));
        seen.push(await policyOf(clients, url));
      }
      return seen;
    },
    "the fault queue-impairment": async (clients, { url }) => {
      const scene = { clients, target: inTarget(url) };
      const story = async () => {
        const { before, ...rest } = await storyOf(queueImpairment, spec, scene, () => policyOf(clients, url));
        return { before: read(before.policy), ...rest };
      };
      const overNone = await story();
      await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { Policy: THEIRS } }));
      return { overNone, overTheirs: await story() };
    },
    "messages, received and taken": async ({ sqs: client }, { url: QueueUrl }) => {
      for (const MessageBody of ["one", "two"]) await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
      const asked = { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ["SentTimestamp" as const] };
      const { Messages = [] } = await client.send(new ReceiveMessageCommand(asked));
      for (const { ReceiptHandle } of Messages)
        await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      const sent = Messages.map(({ Attributes }) => Number(Attributes?.SentTimestamp) > 0);
      const left = await client.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
      return { bodies: Messages.map(({ Body }) => Body).sort(), sent, left: left.Messages?.length ?? 0 };
    },
    "a queue's tags": (clients, { url }) => tagsOf({ field: "queue", name: "deliveries" }, inTarget(url), clients),
    "what is not there": ({ sqs: client }, { url }) => {
      const none = { QueueUrl: url.replace(QueueName, "none") };
      return errorsOf({
        attributes: () => client.send(new GetQueueAttributesCommand({ ...none, AttributeNames: ["Policy"] })),
        "attributes to set": () => client.send(new SetQueueAttributesCommand({ ...none, Attributes: { Policy: "" } })),
        tags: () => client.send(new ListQueueTagsCommand(none)),
      });
    },
  },
});
