import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Metrics } from "../../../../stand-in/aws/cloudwatch/metrics.ts";
import { EventSource, type Polling } from "../../../../stand-in/aws/lambda/event-source-poller.ts";
import type { Answer } from "../../../../stand-in/aws/lambda/execution-environment.ts";
import { THROTTLED } from "../../../../stand-in/aws/lambda/functions.ts";
import { type QueueRecord, Queues } from "../../../../stand-in/aws/sqs/queues.ts";
import { graphOf } from "../../templates.ts";

const ROLE = "arn:aws:iam::000000000000:role/deliver";
const graph = graphOf({
  Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "deliveries", VisibilityTimeout: 30 } },
});
const failed: Answer = { error: { errorType: "Error", errorMessage: "no" } };

interface Batch {
  readonly bodies: string[];
  readonly ids: string[];
  answer(answer: Answer): Promise<void>;
}

let queues: Queues;
let queue: QueueRecord;
let polling: { -readonly [Key in keyof Polling]: Polling[Key] };
let batches: Batch[];
let source: EventSource;
beforeEach(() => {
  vi.useFakeTimers();
  queues = new Queues(graph, new Metrics(Date.now));
  queue = [...queues.records.values()][0]!;
  polling = { enabled: true, batchSize: 1, maximumConcurrency: 2, reportsFailures: false, roleArn: ROLE };
  batches = [];
  source = new EventSource({
    queues,
    queue,
    polling: () => polling,
    invoke: (event) =>
      new Promise((resolve) => {
        const { Records } = event as { Records: { body: string; messageId: string }[] };
        batches.push({
          bodies: Records.map(({ body }) => body),
          ids: Records.map(({ messageId }) => messageId),
          async answer(answer) {
            resolve(answer);
            await vi.advanceTimersByTimeAsync(0);
          },
        });
      }),
  });
});
afterEach(() => {
  source.stop();
  queues.stop();
  vi.useRealTimers();
});
const send = (...bodies: string[]) => {
  for (const body of bodies) queues.send(queue, body);
};
const left = () => {
  const { visible, notVisible } = queues.look(queue);
  return visible + notVisible;
};

describe("a queue's messages", () => {
  test("go to the function at once, no more of them than may be, and are deleted when it succeeds", async () => {
    send("a", "b", "c");
    expect(batches.map(({ bodies }) => bodies)).toEqual([["a"], ["b"]]);
    await batches[0]!.answer({ result: null });
    expect(batches.map(({ bodies }) => bodies)).toEqual([["a"], ["b"], ["c"]]);
    expect(left()).toBe(2);
  });

  test("that the function fails at come back when their time is up", async () => {
    send("a");
    await batches[0]!.answer(failed);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(batches).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1500);
    expect(batches.map(({ bodies }) => bodies)).toEqual([["a"], ["a"]]);
  });

  test("that Lambda throttles are tried again as long as they are hidden", async () => {
    send("a");
    await batches[0]!.answer(THROTTLED);
    await vi.advanceTimersByTimeAsync(1000);
    expect(batches).toHaveLength(2);
    await batches[1]!.answer({ result: null });
    expect(left()).toBe(0);
  });

  test("stay where they are while the mapping is off, but what is at the function is finished", async () => {
    send("a");
    polling.enabled = false;
    send("b");
    await batches[0]!.answer({ result: null });
    await vi.advanceTimersByTimeAsync(5000);
    expect(batches).toHaveLength(1);
    expect(left()).toBe(1);
    polling.enabled = true;
    await vi.advanceTimersByTimeAsync(250);
    expect(batches.map(({ bodies }) => bodies)).toEqual([["a"], ["b"]]);
  });

  test("are not read while the queue's policy denies it to the function's role", async () => {
    const deny = { Effect: "Deny", Principal: { AWS: ROLE }, Action: "sqs:ReceiveMessage", Resource: queue.arn };
    queue.attributes = { ...queue.attributes, Policy: JSON.stringify({ Statement: [deny] }) };
    send("a");
    await vi.advanceTimersByTimeAsync(1000);
    expect(batches).toEqual([]);
    delete queue.attributes.Policy;
    await vi.advanceTimersByTimeAsync(250);
    expect(batches).toHaveLength(1);
  });
});

describe("a batch", () => {
  const batchOf = async (...bodies: string[]) => {
    polling = { ...polling, batchSize: 3, reportsFailures: true };
    polling.enabled = false;
    send(...bodies);
    polling.enabled = true;
    await vi.advanceTimersByTimeAsync(250);
    return batches[0]!;
  };

  test("whose answer names failures leaves those in the queue, and no others", async () => {
    const batch = await batchOf("a", "b", "c");
    expect(batch.bodies).toEqual(["a", "b", "c"]);
    await batch.answer({ result: { batchItemFailures: [{ itemIdentifier: batch.ids[1]! }] } });
    expect(left()).toBe(1);
  });

  test("whose answer names something that is not in it has failed as a whole", async () => {
    const batch = await batchOf("a", "b");
    await batch.answer({ result: { batchItemFailures: [{ itemIdentifier: "other" }] } });
    expect(left()).toBe(2);
  });

  test("whose function has nothing to say has succeeded", async () => {
    const batch = await batchOf("a", "b");
    await batch.answer({ result: null });
    expect(left()).toBe(0);
  });
});
