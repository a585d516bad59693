import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type {
  ChangeMessageVisibilityCommandInput,
  ChangeMessageVisibilityCommandOutput,
  DeleteMessageCommandInput,
  DeleteMessageCommandOutput,
  GetQueueAttributesCommandInput,
  GetQueueAttributesCommandOutput,
  ListQueueTagsCommandInput,
  ListQueueTagsCommandOutput,
  ReceiveMessageCommandInput,
  ReceiveMessageCommandOutput,
  SendMessageCommandInput,
  SendMessageCommandOutput,
  SetQueueAttributesCommandInput,
  SetQueueAttributesCommandOutput,
} from "@aws-sdk/client-sqs";
import * as z from "zod";
import { ACCOUNT, arn, byName, onlyId, plain, REGION, type Types } from "../../templates/cfn/naming.ts";
import { operation, ServiceError } from "../operation.ts";
import { tagContext } from "../resource-tags.ts";
import type { Part, Service } from "../service.ts";
import type { Received } from "./queue.ts";
import type { QueueRecord, Queues } from "./queues.ts";

/** Attributes that can be set, as far as they are played. */
const SETTABLE = new Set(["Policy", "RedrivePolicy", "VisibilityTimeout", "DelaySeconds", "MessageRetentionPeriod"]);
const LOOK_AGAIN_MS = 50;

/**
 * The templates' queues. A queue's own policy denies here what it denies to everybody: who calls is known to the gate before,
 * not to the operation.
 */
export function createSqs(queues: Queues): Service {
  const find = (url: string | undefined): QueueRecord => {
    const record = queues.byUrl(url ?? "");
    if (!record) throw new ServiceError("QueueDoesNotExist", "The specified queue does not exist.");
    return record;
  };
  const needs = (action: string, url: string | undefined) => {
    const record = find(url);
    return [{ action: `sqs:${action}`, resource: record.arn, context: tagContext(record.tags) }];
  };
  function played<Input extends { QueueUrl: string | undefined }, Output>(
    action: string,
    run: (record: QueueRecord, input: Input) => Omit<Output, "$metadata"> | Promise<Omit<Output, "$metadata">>,
    mutates = false,
  ) {
    return operation<Input, Output>({
      mutates,
      needs: ({ QueueUrl }) => needs(action, QueueUrl),
      run: async (input) => {
        const record = find(input.QueueUrl);
        if (queues.policySays(record, {}, `sqs:${action}`) === "deny") {
          throw new ServiceError(
            "AccessDeniedException",
            `Access to the resource ${record.url} is denied with an explicit deny in a resource-based policy.`,
            403,
          );
        }
        return run(record, input);
      },
    });
  }

  return {
    http: { endpoint: "SQS", jsonTarget: "AmazonSQS" },
    parts: [...queues.records.values()].map(partOf),
    open: () => queues.publishFullness(),
    stop: () => queues.stop(),
    operations: {
      SendMessage: played<SendMessageCommandInput, SendMessageCommandOutput>(
        "SendMessage",
        (record, { MessageBody = "", DelaySeconds }) => ({
          MessageId: queues.send(record, MessageBody, DelaySeconds),
          MD5OfMessageBody: md5(MessageBody),
        }),
      ),
      ReceiveMessage: played<ReceiveMessageCommandInput, ReceiveMessageCommandOutput>(
        "ReceiveMessage",
        async (record, { MaxNumberOfMessages = 1, VisibilityTimeout, WaitTimeSeconds = 0 }) => {
          const until = Date.now() + WaitTimeSeconds * 1000;
          while (queues.look(record).visible === 0 && Date.now() < until) await sleep(LOOK_AGAIN_MS);
          const received = queues.receive(record, MaxNumberOfMessages, VisibilityTimeout);
          return received.length === 0 ? {} : { Messages: received.map(toMessage) };
        },
      ),
      DeleteMessage: played<DeleteMessageCommandInput, DeleteMessageCommandOutput>(
        "DeleteMessage",
        (record, { ReceiptHandle = "" }) => {
          queues.delete(record, ReceiptHandle);
          return {};
        },
      ),
      ChangeMessageVisibility: played<ChangeMessageVisibilityCommandInput, ChangeMessageVisibilityCommandOutput>(
        "ChangeMessageVisibility",
        (record, { ReceiptHandle = "", VisibilityTimeout = 0 }) => {
          if (queues.changeVisibility(record, ReceiptHandle, VisibilityTimeout)) return {};
          throw new ServiceError("ReceiptHandleIsInvalid", "The specified receipt handle isn't valid.");
        },
      ),
      GetQueueAttributes: played<GetQueueAttributesCommandInput, GetQueueAttributesCommandOutput>(
        "GetQueueAttributes",
        (record, { AttributeNames = [] }) => {
          const { visible, notVisible, delayed } = queues.look(record);
          const all: Record<string, string> = {
            ...record.attributes,
            QueueArn: record.arn,
            ApproximateNumberOfMessages: String(visible),
            ApproximateNumberOfMessagesNotVisible: String(notVisible),
            ApproximateNumberOfMessagesDelayed: String(delayed),
          };
          const asked = (name: string) => AttributeNames.some((one) => one === "All" || one === name);
          return { Attributes: Object.fromEntries(Object.entries(all).filter(([name]) => asked(name))) };
        },
      ),
      // In effect at once; on AWS it may take a minute (SQS API reference, "SetQueueAttributes").
      SetQueueAttributes: played<SetQueueAttributesCommandInput, SetQueueAttributesCommandOutput>(
        "SetQueueAttributes",
        (record, { Attributes = {} }) => {
          for (const [name, value = ""] of Object.entries(Attributes)) {
            if (!SETTABLE.has(name)) throw new ServiceError("InvalidAttributeName", `Unknown Attribute ${name}.`);
            checkJson(name, value);
          }
          const attributes = { ...record.attributes, ...Attributes } as Record<string, string>;
          // An empty text takes an attribute away.
          record.attributes = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ""));
          return {};
        },
        true,
      ),
      ListQueueTags: operation<ListQueueTagsCommandInput, ListQueueTagsCommandOutput>({
        needs: ({ QueueUrl }) => needs("ListQueueTags", QueueUrl),
        run: async ({ QueueUrl }) => ({ Tags: { ...find(QueueUrl).tags } }),
      }),
    },
  };
}

const Attributes = z.record(z.string(), z.string());

/** A queue's policy is what it says, however it is written down. */
const partOf = (record: QueueRecord): Part => ({
  field: "queue",
  id: record.url,
  name: record.path,
  read() {
    const { Policy, ...others } = record.attributes;
    return Policy === undefined ? others : { ...others, Policy: JSON.parse(Policy) };
  },
  write({ Policy, ...others }) {
    record.attributes = {
      ...Attributes.parse(others),
      ...(Policy === undefined ? {} : { Policy: JSON.stringify(Policy) }),
    };
  },
});

function checkJson(name: string, value: string): void {
  if (value === "" || (name !== "Policy" && name !== "RedrivePolicy")) return;
  try {
    JSON.parse(value);
  } catch {
    throw new ServiceError("InvalidAttributeValue", `Invalid value for the parameter ${name}.`);
  }
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

const toMessage = (received: Received) => ({
  MessageId: received.id,
  ReceiptHandle: received.receipt,
  Body: received.body,
  MD5OfBody: md5(received.body),
  Attributes: systemAttributes(received),
});

/** What SQS itself says of a message. */
export const systemAttributes = ({ sentAt, receiveCount, firstReceivedAt }: Received): Record<string, string> => ({
  ApproximateReceiveCount: String(receiveCount),
  SentTimestamp: String(sentAt),
  ApproximateFirstReceiveTimestamp: String(firstReceivedAt ?? sentAt),
});

export const sqsTypes: Types = {
  "AWS::SQS::Queue": {
    ...plain("sqs", (name) => name, "QueueName"),
    ref: ({ name }) => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`,
    attributes: { Arn: ({ name }) => arn("sqs", name), QueueName: byName },
  },
  "AWS::SQS::QueuePolicy": onlyId,
};
