import { beforeEach, describe, expect, test } from "vitest";
import { Metrics } from "../../../../stand-in/aws/cloudwatch/metrics.ts";
import { AsyncInvocations } from "../../../../stand-in/aws/lambda/async-invocations.ts";
import type { Answer } from "../../../../stand-in/aws/lambda/execution-environment.ts";
import { THROTTLED } from "../../../../stand-in/aws/lambda/functions.ts";
import { graphOf } from "../../templates.ts";

const FINE: Answer = { result: null };
const FAILED = { error: { errorType: "Undelivered", errorMessage: "given up" } };

let waits: number[];
let aside: unknown[];
let metrics: Metrics;
beforeEach(() => {
  waits = [];
  aside = [];
  metrics = new Metrics(() => 0);
});

/** Invokes a function asynchronously that answers so; settles when its last answer is dealt with. */
async function accepted(answers: Answer[], config?: object, refuse = false) {
  const graph = graphOf({
    Fn: { Type: "AWS::Lambda::Function", Properties: { FunctionName: "deliver" } },
    ...(config && {
      Config: { Type: "AWS::Lambda::EventInvokeConfig", Properties: { FunctionName: { Ref: "Fn" }, ...config } },
    }),
  });
  const seen: unknown[] = [];
  const invocations = new AsyncInvocations({
    graph,
    metrics,
    invoke: async (_arn, event) => {
      seen.push(event);
      return answers[seen.length - 1]!;
    },
    putAside: (destination, _arn, letter) => {
      if (refuse) throw new Error("not authorized to perform: sqs:SendMessage");
      aside.push([destination, letter]);
    },
    wait: async (seconds) => void waits.push(seconds),
  });
  invocations.accept(graph.ofType("AWS::Lambda::Function")[0]!, "event");
  await expect.poll(() => seen.length).toBe(answers.length);
  await new Promise((done) => setImmediate(done));
  return invocations;
}
const metric = (name: string) => metrics.statistic("AWS/Lambda", name, { FunctionName: "deliver" }, "Sum", 0, 1);

describe("an asynchronous invocation", () => {
  test("that fails is made twice more, with longer waits, and is lost then", async () => {
    const { lost } = await accepted([FAILED, FAILED, FAILED]);
    expect(waits).toEqual([6, 12]);
    expect(lost).toEqual([{ functionArn: expect.stringContaining("deliver"), reason: "Undelivered: given up" }]);
    expect(metric("AsyncEventsReceived")).toBe(1);
    expect(metric("AsyncEventsDropped")).toBe(1);
  });

  test("that succeeds in the end is not lost", async () => {
    const { lost } = await accepted([FAILED, FINE]);
    expect(lost).toEqual([]);
    expect(metric("AsyncEventsDropped")).toBeUndefined();
  });

  test("that is throttled waits longer each time, and its retries are not used up by it", async () => {
    const { lost } = await accepted([...Array<Answer>(7).fill(THROTTLED), FAILED, FAILED, FINE]);
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30, 6, 12]);
    expect(lost).toEqual([]);
  });

  test("is made as often as the function's configuration says", async () => {
    await accepted([FAILED], { MaximumRetryAttempts: 0 });
    expect(waits).toEqual([]);
  });

  test("that is too old is given up, whatever retries there are", async () => {
    const { lost } = await accepted([FAILED], { MaximumEventAgeInSeconds: 1 });
    expect(lost).toHaveLength(1);
  });

  test("goes to the destination of failures with what happened", async () => {
    const destination = { DestinationConfig: { OnFailure: { Destination: "arn:aside" } }, MaximumRetryAttempts: 0 };
    const { lost } = await accepted([FAILED], destination);
    expect(aside).toEqual([["arn:aside", { requestPayload: "event", responsePayload: FAILED.error }]]);
    expect(lost).toEqual([]);
  });

  test("is lost when its destination may not be written to", async () => {
    const destination = { DestinationConfig: { OnFailure: { Destination: "arn:aside" } }, MaximumRetryAttempts: 0 };
    const { lost } = await accepted([FAILED], destination, true);
    expect(lost).toEqual([expect.objectContaining({ reason: expect.stringContaining("sqs:SendMessage") })]);
    expect(metric("DestinationDeliveryFailures")).toBe(1);
  });
});
