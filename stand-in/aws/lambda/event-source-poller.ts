import { REGION } from "../../templates/cfn/naming.ts";
import { systemAttributes } from "../sqs/operations.ts";
import type { Received } from "../sqs/queue.ts";
import type { QueueRecord, Queues } from "../sqs/queues.ts";
import type { Answer } from "./execution-environment.ts";
import { THROTTLED } from "./functions.ts";

/** How often a mapping looks for messages that have become visible again; new ones it is told of. */
const LOOK_MS = 250;
/** How long a batch waits that Lambda has throttled. */
const THROTTLED_MS = 1000;

/** What the poller has to know of its mapping, as it is right now. */
export interface Polling {
  readonly enabled: boolean;
  readonly batchSize: number;
  /** How many batches may be with the function at once. */
  readonly maximumConcurrency: number;
  /** Whether the function's answer names the messages that failed. */
  readonly reportsFailures: boolean;
  readonly roleArn: string;
}

interface Surroundings {
  readonly queues: Queues;
  readonly queue: QueueRecord;
  polling(): Polling;
  invoke(event: unknown): Promise<Answer>;
}

/** Reads a queue and calls a function with what is in it (Lambda developer guide, "Using Lambda with Amazon SQS"). */
export class EventSource {
  readonly #surroundings: Surroundings;
  readonly #looking: NodeJS.Timeout;
  #running = 0;
  #stopped = false;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    const { queues, queue } = surroundings;
    queues.onArrival(queue, () => this.look());
    this.#looking = setInterval(() => this.look(), LOOK_MS).unref();
  }

  /** Takes as many batches as it may. What is with the function is finished, whatever becomes of the mapping meanwhile. */
  look(): void {
    const { queues, queue, polling } = this.#surroundings;
    const { enabled, batchSize, maximumConcurrency, roleArn } = polling();
    if (!enabled || this.#stopped) return;
    const denied = queues.policySays(queue, { roleArn }, "sqs:ReceiveMessage") === "deny";
    while (!denied && this.#running < maximumConcurrency && queues.look(queue).visible > 0) {
      const batch = queues.receive(queue, batchSize);
      // The last of them were put aside.
      if (batch.length === 0) return;
      this.#running++;
      void this.#process(batch).finally(() => {
        this.#running--;
        this.look();
      });
    }
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#looking);
  }

  /** What succeeded is deleted. What did not stays hidden until its time is up, and is received again then. */
  async #process(batch: readonly Received[]): Promise<void> {
    const { queues, queue, polling } = this.#surroundings;
    const answer = await this.#invoke(batch);
    if (!answer || "error" in answer) return;
    const { reportsFailures, roleArn } = polling();
    if (queues.policySays(queue, { roleArn }, "sqs:DeleteMessage") === "deny") return;
    const failed = reportsFailures ? failuresIn(answer.result, batch) : new Set<string>();
    for (const { id, receipt } of batch) if (!failed.has(id)) queues.delete(queue, receipt);
  }

  /** A throttled batch is tried again as long as its messages are hidden; undefined when that was not long enough. */
  async #invoke(batch: readonly Received[]): Promise<Answer | undefined> {
    const { queue, invoke } = this.#surroundings;
    const event = { Records: batch.map((received) => recordOf(received, queue)) };
    const until = Math.min(...batch.map(({ visibleAt }) => visibleAt));
    for (;;) {
      const answer = await invoke(event);
      if (answer !== THROTTLED) return answer;
      if (this.#stopped || Date.now() + THROTTLED_MS >= until) return undefined;
      await new Promise<void>((resolve) => setTimeout(resolve, THROTTLED_MS).unref());
    }
  }
}

/** Ids of the messages that failed; all of them when the answer is not what it should be (as before, "Reporting batch item failures"). */
function failuresIn(result: unknown, batch: readonly Received[]): Set<string> {
  const ids = batch.map(({ id }) => id);
  const { batchItemFailures = [] } = (result ?? {}) as { batchItemFailures?: { itemIdentifier?: string }[] | null };
  const failed = (batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier ?? "");
  return new Set(failed.every((id) => ids.includes(id)) ? failed : ids);
}

const recordOf = (received: Received, { arn }: QueueRecord) => ({
  messageId: received.id,
  receiptHandle: received.receipt,
  body: received.body,
  attributes: systemAttributes(received),
  messageAttributes: {},
  eventSource: "aws:sqs",
  eventSourceARN: arn,
  awsRegion: REGION,
});
