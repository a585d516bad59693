import { AccessDenied } from "../../iam/identities.ts";
import { decideByResource, type Principal } from "../../iam/resource-policies.ts";
import type { Graph, Resource } from "../../templates/cfn/graph.ts";
import { TemplateError } from "../../templates/cfn/intrinsics.ts";
import { ACCOUNT } from "../../templates/cfn/naming.ts";
import type { Metrics } from "../cloudwatch/metrics.ts";
import { readTags } from "../resource-tags.ts";
import { type Message, Queue, type Received, type Redrive, type Treatment } from "./queue.ts";

/** What a queue is right now. `attributes` are SQS' own, as texts: what SetQueueAttributes changes. */
export interface QueueRecord {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  readonly path: string;
  readonly tags: Readonly<Record<string, string>>;
  attributes: Record<string, string>;
}

/** SQS publishes once a minute; a rehearsal has fewer of those. */
const SAMPLE_MS = 1000;

/** The queues of the templates with their messages, policies and metrics. */
export class Queues {
  readonly records: ReadonlyMap<string, QueueRecord>;
  readonly #queues: ReadonlyMap<string, Queue>;
  readonly #metrics: Metrics;
  #sampling: NodeJS.Timeout | undefined;

  constructor(graph: Graph, metrics: Metrics, now: () => number = Date.now) {
    this.#metrics = metrics;
    const records = graph.ofType("AWS::SQS::Queue").map((resource) => readQueue(resource, graph));
    this.records = new Map(records.map((record) => [record.arn, record]));
    this.#queues = new Map(
      records.map((record) => [
        record.arn,
        new Queue(
          () => treatmentOf(record),
          (message, arn) => this.#putAside(message, arn),
          now,
        ),
      ]),
    );
  }

  byUrl(url: string): QueueRecord | undefined {
    return [...this.records.values()].find((record) => record.url === url);
  }

  /** What the queue's own policy says of the caller. */
  policySays(record: QueueRecord, principal: Principal, action: string, sourceArn?: string) {
    const context = { "aws:SecureTransport": "true", "aws:SourceArn": sourceArn, "aws:SourceAccount": ACCOUNT };
    return decideByResource(record.attributes.Policy, principal, { action, resource: record.arn, context });
  }

  /** A service has no role to send by: the queue's policy has to let it. Throws SQS' error when it does not. */
  sendByService(record: QueueRecord, service: string, sourceArn: string, body: string): void {
    if (this.policySays(record, { service }, "sqs:SendMessage", sourceArn) !== "allow") {
      throw new AccessDenied(
        `${service} is not authorized to perform: sqs:SendMessage on resource: ${record.arn} for ${sourceArn} because no resource-based policy allows the sqs:SendMessage action`,
      );
    }
    this.send(record, body);
  }

  send(record: QueueRecord, body: string, delaySeconds?: number): string {
    const id = this.#queue(record).send(body, delaySeconds);
    this.#measure(record, "NumberOfMessagesSent", 1);
    this.#measure(record, "SentMessageSize", Buffer.byteLength(body));
    return id;
  }

  receive(record: QueueRecord, most: number, visibilitySeconds?: number): Received[] {
    const received = this.#queue(record).receive(most, visibilitySeconds);
    this.#measure(
      record,
      received.length > 0 ? "NumberOfMessagesReceived" : "NumberOfEmptyReceives",
      received.length || 1,
    );
    return received;
  }

  delete(record: QueueRecord, receipt: string): void {
    if (this.#queue(record).delete(receipt)) this.#measure(record, "NumberOfMessagesDeleted", 1);
  }

  changeVisibility(record: QueueRecord, receipt: string, seconds: number): boolean {
    return this.#queue(record).changeVisibility(receipt, seconds);
  }

  look(record: QueueRecord) {
    return this.#queue(record).look();
  }

  /** Calls back when a message may have become receivable. One listener a queue: its event source mapping. */
  onArrival(record: QueueRecord, listener: () => void): void {
    this.#queue(record).onArrival = listener;
  }

  /** Publishes how full every queue is. */
  sample(): void {
    for (const record of this.records.values()) {
      const { visible, notVisible, delayed, ageOfOldestSeconds } = this.look(record);
      this.#measure(record, "ApproximateNumberOfMessagesVisible", visible);
      this.#measure(record, "ApproximateNumberOfMessagesNotVisible", notVisible);
      this.#measure(record, "ApproximateNumberOfMessagesDelayed", delayed);
      this.#measure(record, "ApproximateAgeOfOldestMessage", ageOfOldestSeconds);
    }
  }

  /** Publishes it again and again from now on. */
  publishFullness(): void {
    this.#sampling ??= setInterval(() => this.sample(), SAMPLE_MS).unref();
  }

  stop(): void {
    clearInterval(this.#sampling);
  }

  #queue(record: QueueRecord): Queue {
    return this.#queues.get(record.arn)!;
  }

  /** SQS itself moves it: nobody's permission is asked, and it does not count as sent (CloudWatch metrics of SQS). */
  #putAside(message: Message, deadLetterTargetArn: string): void {
    this.#queues.get(deadLetterTargetArn)?.takeUp(message);
  }

  #measure({ name: QueueName }: QueueRecord, name: string, value: number): void {
    this.#metrics.add("AWS/SQS", name, { QueueName }, value);
  }
}

interface RawQueue {
  readonly FifoQueue?: boolean;
  readonly RedrivePolicy?: Redrive;
}

/** Properties of the template that SQS calls otherwise or defaults (CloudFormation, `AWS::SQS::Queue`). */
const DEFAULTS: Readonly<Record<string, number>> = {
  VisibilityTimeout: 30,
  DelaySeconds: 0,
  MessageRetentionPeriod: 345_600,
  ReceiveMessageWaitTimeSeconds: 0,
  MaximumMessageSize: 262_144,
};

function readQueue({ name, ref, arn = "", path, properties }: Resource, graph: Graph): QueueRecord {
  const { FifoQueue, RedrivePolicy } = properties as RawQueue;
  if (FifoQueue) throw new TemplateError(`Queue ${path}: FIFO queues are not played.`);
  const policy = graph
    .ofType("AWS::SQS::QueuePolicy")
    .find(({ properties: { Queues } }) => (Queues as string[]).includes(ref))?.properties.PolicyDocument;
  return {
    name,
    url: ref,
    arn,
    path,
    tags: readTags(properties.Tags),
    attributes: {
      ...Object.fromEntries(Object.entries(DEFAULTS).map(([key, value]) => [key, String(properties[key] ?? value)])),
      ...(RedrivePolicy ? { RedrivePolicy: JSON.stringify(RedrivePolicy) } : {}),
      ...(policy ? { Policy: JSON.stringify(policy) } : {}),
    },
  };
}

function treatmentOf({ attributes }: QueueRecord): Treatment {
  return {
    visibilitySeconds: Number(attributes.VisibilityTimeout),
    delaySeconds: Number(attributes.DelaySeconds),
    retentionSeconds: Number(attributes.MessageRetentionPeriod),
    redrive: attributes.RedrivePolicy ? (JSON.parse(attributes.RedrivePolicy) as Redrive) : undefined,
  };
}
