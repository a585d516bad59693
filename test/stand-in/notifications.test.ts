import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { targetsOf } from "../../stand-in/gameday/target.ts";
import { type HostedRegion, startRegion } from "../../stand-in/hosted-region.ts";
import type { Assembly, Template } from "../../stand-in/templates/cfn/assembly.ts";
import { assembly, edited, resourceAt } from "./templates.ts";

/**
 * The example `notifications` in both variants, as synthesised, over real HTTP. Only its patience is another one here: the
 * delivery API answers at once, but takes fewer calls, and waits are short.
 */

const COUNT = 20;
const EVER = Number.POSITIVE_INFINITY;
const output: string[] = [];
let region: HostedRegion;

const functionAt = (template: Template, path: string) => resourceAt(template, path, "AWS::Lambda::Function").Properties;

/** Every refusal of the API is a failed delivery: the message returns to its queue. */
const impatient = (before: Assembly) =>
  edited(before, "NotificationsFlowControl", (template) => {
    const delivery = functionAt(template, "NotificationsFlowControl/DeliveryFunction/Function");
    Object.assign(delivery.Environment.Variables, { MAX_ATTEMPTS: "1" });
    delivery.Timeout = 2;
    const queue = resourceAt(template, "NotificationsFlowControl/Deliveries", "AWS::SQS::Queue").Properties;
    queue.VisibilityTimeout = 2;
    queue.RedrivePolicy.maxReceiveCount = 50;
    reliable(template, "NotificationsFlowControl");
  });
const patient = (before: Assembly) =>
  edited(before, "Notifications", (template) => {
    const delivery = functionAt(template, "Notifications/DeliveryFunction/Function");
    Object.assign(delivery.Environment.Variables, { MAX_ATTEMPTS: "10", RETRY_WAIT_SECONDS: "0.5-2" });
    reliable(template, "Notifications");
  });
function reliable(template: Template, stack: string): void {
  // So few calls a second that even a busy machine makes more.
  const plan = resourceAt(template, `${stack}/SlowApi`, "AWS::ApiGateway::UsagePlan").Properties;
  plan.Throttle = { RateLimit: 4, BurstLimit: 4 };
  const slow = functionAt(template, `${stack}/SlowFunction/Function`);
  Object.assign(slow.Environment.Variables, { FAILURE_RATE: "0", SLOWEST_MS: "0" });
}

beforeAll(async () => {
  region = await startRegion({
    assembly: impatient(patient(assembly())),
    k6Path: "/nowhere/k6",
    onOutput: (_source, line) => output.push(line),
  });
}, 60_000);
afterAll(() => region.stop());

const target = (name: string) => targetsOf(region.graph).get(name)!;
const own = (service: string, metric: string, stat = "Sum") =>
  region.metrics.statistic("gameday", metric, { service }, stat, 0, EVER) ?? 0;
const slowApi = (name: string, metric: string) =>
  region.metrics.statistic("AWS/ApiGateway", metric, { ApiName: `${name}-slow` }, "Sum", 0, EVER) ?? 0;
const ofFunction = (name: string, metric: string, stat: string) =>
  region.metrics.statistic("AWS/Lambda", metric, { FunctionName: target(name).functions.deliver! }, stat, 0, EVER) ?? 0;

/** Sends notifications at once; the answers' correlation ids. */
const notify = (name: string, count = COUNT) =>
  Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const response = await fetch(`${target(name).url}/notifications`, {
        method: "POST",
        body: JSON.stringify({ orderId: `order-${index}`, status: "shipped" }),
      });
      expect(response.status).toBe(202);
      return ((await response.json()) as { correlationId: string }).correlationId;
    }),
  );

/** Waits until so many are delivered. Throws, with how many there are, when that takes too long. */
async function delivered(name: string, count: number): Promise<void> {
  for (const until = Date.now() + 30_000; own(name, "Delivered") < count; await sleep(20)) {
    if (Date.now() > until) throw new Error(`${own(name, "Delivered")} of ${count} were delivered by ${name}`);
  }
}

/** What the functions have logged about these notifications, by correlation id. */
const logged = (ids: readonly string[], sentence: RegExp) =>
  ids.filter((id) => output.some((line) => line.includes(`"correlation_id":"${id}"`) && sentence.test(line)));

describe("without flow control", () => {
  const NAME = "notifications";

  test("every notification is delivered, and what the API refused is tried again and counted", async () => {
    const ids = await notify(NAME);
    await delivered(NAME, COUNT);
    expect(own(NAME, "Delivered")).toBe(COUNT);
    expect(slowApi(NAME, "4XXError")).toBeGreaterThan(0);
    expect(slowApi(NAME, "Count")).toBe(COUNT + slowApi(NAME, "4XXError"));
    expect(own(NAME, "Attempts")).toBe(slowApi(NAME, "Count"));
    expect(own(NAME, "AgeAtDelivery", "Minimum")).toBeGreaterThan(0);
    expect(logged(ids, /delivered at attempt/)).toEqual(ids);
    expect(ofFunction(NAME, "AsyncEventsReceived", "Sum")).toBe(COUNT);
    expect(ofFunction(NAME, "ConcurrentExecutions", "Maximum")).toBeGreaterThan(10);
  }, 60_000);

  test("a rule that is off delivers nothing, and nobody hears of it", async () => {
    const rule = region.aws.rules.find(({ path }) => path.startsWith("Notifications/ToDelivery"))!;
    const before = ofFunction(NAME, "AsyncEventsReceived", "Sum");
    rule.state = "DISABLED";
    await notify(NAME, 1);
    expect(region.changed()).toEqual([rule.path]);
    rule.state = "ENABLED";
    const [id] = await notify(NAME, 1);
    await delivered(NAME, COUNT + 1);
    expect(logged([id!], /delivered/)).toHaveLength(1);
    expect(ofFunction(NAME, "AsyncEventsReceived", "Sum")).toBe(before + 1);
    expect(region.changed()).toEqual([]);
  }, 60_000);
});

describe("with flow control", () => {
  const NAME = "notifications-flow-control";
  const queueNamed = (part: string) =>
    [...region.aws.queues.records.values()].find(({ path }) => path === `NotificationsFlowControl/${part}/Resource`)!;

  test("what the API refused returns to the queue: every notification is delivered, ten at once at most", async () => {
    const ids = await notify(NAME);
    await delivered(NAME, COUNT);
    expect(own(NAME, "Delivered")).toBe(COUNT);
    expect(logged(ids, /delivered at attempt 1/)).toEqual(ids);
    const refused = slowApi(NAME, "4XXError");
    expect(refused).toBeGreaterThan(0);
    expect(own(NAME, "Undelivered")).toBe(refused);
    expect(ofFunction(NAME, "ConcurrentExecutions", "Maximum")).toBeLessThanOrEqual(10);
    const queue = queueNamed("Deliveries");
    const sum = (metric: string) =>
      region.metrics.statistic("AWS/SQS", metric, { QueueName: queue.name }, "Sum", 0, EVER);
    // Its last message is deleted a moment after it was delivered.
    await expect.poll(() => sum("NumberOfMessagesDeleted"), { timeout: 5000 }).toBe(COUNT);
    expect(sum("NumberOfMessagesSent")).toBe(COUNT);
    expect(sum("NumberOfMessagesReceived")).toBe(COUNT + refused);
    expect(region.aws.queues.look(queueNamed("DeadLetters"))).toMatchObject({ visible: 0, notVisible: 0 });
  }, 60_000);
});

test("nothing was lost on its way, nothing is left changed, and nobody was refused", () => {
  expect(region.undelivered).toEqual([]);
  expect(region.lost).toEqual([]);
  expect(region.changed()).toEqual([]);
  expect(region.asked.filter(({ allowed }) => !allowed)).toEqual([]);
});

test("no API key is in any log", () => {
  const keys = region.graph.ofType("AWS::ApiGateway::ApiKey").map(({ properties }) => String(properties.Value));
  expect(keys.every((key) => key.length === 40)).toBe(true);
  for (const line of output) for (const key of keys) expect(line).not.toContain(key);
});
