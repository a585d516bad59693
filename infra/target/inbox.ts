import { Duration } from "aws-cdk-lib";
import { type EventPattern, Rule } from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { acknowledge } from "../acknowledge.ts";

/** Queues of this name's beginning may be read by game days. */
export const INBOX_PREFIX = "gameday-inbox-";

export interface InboxProps {
  /** The target's name. */
  readonly target: string;
  /** Topics by which people are told, such as the alarms'. */
  readonly topics: readonly ITopic[];
  /**
   * Events of the default bus that monitoring products put there: what drills' patterns are matched with. Default: none.
   */
  readonly events?: Readonly<Record<string, EventPattern>>;
}

/**
 * What people and their tools would be told of a system, kept for a few hours: a queue that is subscribed like a phone or
 * a chat. Game days look into it to say who would have been woken, and when.
 */
export class Inbox extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { target, topics, events = {} }: InboxProps) {
    super(scope, id);
    this.queue = new Queue(this, "Queue", {
      queueName: `${INBOX_PREFIX}${target}`,
      enforceSSL: true,
      // Longer than a game day; what is older is nobody's.
      retentionPeriod: Duration.hours(24),
      visibilityTimeout: Duration.seconds(30),
    });
    acknowledge(this.queue, "AwsSolutions-SQS3", "Nobody processes it: what is not read in a day is thrown away.");
    for (const topic of topics) topic.addSubscription(new SqsSubscription(this.queue));
    for (const [name, eventPattern] of Object.entries(events)) {
      new Rule(this, name, {
        description: `What monitoring says about ${target}, for game days`,
        eventPattern,
        targets: [new SqsQueue(this.queue)],
      });
    }
  }
}
