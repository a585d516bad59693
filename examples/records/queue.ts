import { Duration } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { EventSourceMapping, type Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

/**
 * The messaging layer: what was accepted waits here until it is saved. An outage of the saving function is meant to be
 * waited out: twenty receives of a minute each are more than a quarter of an hour, and a message that Lambda throttles counts
 * as received (Lambda developer guide, "Using Lambda with Amazon SQS").
 */
export class RecordsQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly mapping: EventSourceMapping;
  /** Records that wait longer are what people want to know of. */
  readonly waitsAtMost = Duration.seconds(10);

  constructor(scope: Construct, id: string, save: LambdaFunction) {
    super(scope, id);
    this.deadLetters = new Queue(this, "DeadLetters", { enforceSSL: true, retentionPeriod: Duration.days(14) });
    this.queue = new Queue(this, "Queue", {
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
      // Longer than the function may take, as AWS advises: six times.
      visibilityTimeout: Duration.seconds(60),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 20 },
    });
    save.addToRolePolicy(
      new PolicyStatement({
        actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        resources: [this.queue.queueArn],
      }),
    );
    this.mapping = new EventSourceMapping(this, "Mapping", {
      target: save,
      eventSourceArn: this.queue.queueArn,
      batchSize: 10,
      maxConcurrency: 10,
      reportBatchItemFailures: true,
    });
    // Lambda refuses a mapping whose function may not read the queue yet.
    this.mapping.node.addDependency(save.role!);
  }
}
