import { randomUUID } from "node:crypto";
import type { PublishCommandInput, PublishCommandOutput } from "@aws-sdk/client-sns";
import { decideByResource } from "../../iam/resource-policies.ts";
import type { Graph } from "../../templates/cfn/graph.ts";
import { ACCOUNT, onlyId, refIsArn, type Types } from "../../templates/cfn/naming.ts";
import { type Operations, operation, ServiceError } from "../operation.ts";

export interface Published {
  readonly topicArn: string;
  readonly subject: string;
  readonly message: string;
}

export interface Sns {
  readonly operations: Operations;
  /** Publishes as a service of AWS. False when the topic's policy does not let it: the message is gone then, as on AWS. */
  publishByService(service: string, published: Published): boolean;
}

interface RawSubscription {
  readonly TopicArn: string;
  readonly Protocol: string;
  readonly Endpoint?: string;
  readonly RawMessageDelivery?: boolean | string;
}

/**
 * The templates' topics. What is published is kept, and delivered to the queues that are subscribed; nobody is mailed.
 * `toQueue` may throw when the queue's policy does not let SNS in.
 */
export function createSns(
  graph: Graph,
  published: Published[],
  toQueue: (queueArn: string, topicArn: string, body: string) => void = () => {},
): Sns {
  const topics = new Set(graph.ofType("AWS::SNS::Topic").map((resource) => resource.ref));
  const subscriptions = graph
    .ofType("AWS::SNS::Subscription")
    .map(({ properties }) => properties as unknown as RawSubscription);

  function publish(one: Published): string {
    const MessageId = randomUUID();
    published.push(one);
    for (const { TopicArn, Protocol, Endpoint = "", RawMessageDelivery = false } of subscriptions) {
      if (TopicArn !== one.topicArn || Protocol !== "sqs") continue;
      const raw = String(RawMessageDelivery) === "true";
      try {
        toQueue(Endpoint, TopicArn, raw ? one.message : envelope(MessageId, one));
      } catch {
        // SNS tells nobody but its own metrics.
      }
    }
    return MessageId;
  }

  return {
    publishByService(service, one) {
      if (!topics.has(one.topicArn) || !mayPublish(graph, one.topicArn, service)) return false;
      publish(one);
      return true;
    },
    operations: {
      Publish: operation<PublishCommandInput, PublishCommandOutput>({
        needs: ({ TopicArn }) => [{ action: "sns:Publish", resource: TopicArn ?? "" }],
        run: async ({ TopicArn = "", Subject = "", Message = "" }) => {
          if (!topics.has(TopicArn)) throw new ServiceError("NotFoundException", "Topic does not exist", 404);
          if (Subject.length > 100)
            throw new ServiceError("InvalidParameterException", "Invalid parameter: Subject", 400);
          return { MessageId: publish({ topicArn: TopicArn, subject: Subject, message: Message }) };
        },
      }),
    },
  };
}

/** What a queue gets without raw delivery (SNS developer guide, "Fanout to Amazon SQS queues"). */
const envelope = (MessageId: string, { topicArn, subject, message }: Published) =>
  JSON.stringify({
    Type: "Notification",
    MessageId,
    TopicArn: topicArn,
    Subject: subject,
    Message: message,
    Timestamp: new Date().toISOString(),
    SignatureVersion: "1",
  });

/**
 * A topic without a policy of its own lets the services of its account publish; with one, which is there as soon as it
 * refuses what is not encrypted, only those that it names (SNS developer guide, "Example cases for access control").
 */
function mayPublish(graph: Graph, topicArn: string, service: string): boolean {
  const policies = graph
    .ofType("AWS::SNS::TopicPolicy")
    .filter(({ properties }) => (properties.Topics as string[]).includes(topicArn));
  const context = { "aws:SecureTransport": "true", "aws:SourceAccount": ACCOUNT };
  const request = { action: "sns:Publish", resource: topicArn, context };
  return policies.every(
    ({ properties }) => decideByResource(JSON.stringify(properties.PolicyDocument), { service }, request) === "allow",
  );
}

export const snsTypes: Types = {
  "AWS::SNS::Subscription": onlyId,
  "AWS::SNS::Topic": refIsArn("sns", (name) => name, "TopicName"),
  "AWS::SNS::TopicPolicy": onlyId,
};
