import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { keepParts } from "../../../stand-in/persistence/parts.ts";
import { servicesOf } from "../services-of.ts";
import { graphOf } from "../templates.ts";
import { versioned } from "../versioned.ts";

const graph = graphOf({
  Worker: {
    Type: "AWS::IAM::Role",
    Properties: {
      Policies: [{ PolicyDocument: { Statement: [{ Effect: "Allow", Action: "sqs:*", Resource: "*" }] } }],
    },
  },
  Rule: { Type: "AWS::Events::Rule", Properties: { Name: "to-delivery" } },
  Plan: { Type: "AWS::ApiGateway::UsagePlan", Properties: { Throttle: { RateLimit: 10, BurstLimit: 10 } } },
  Fn: {
    Type: "AWS::Lambda::Function",
    Properties: {
      FunctionName: "orders",
      Role: { "Fn::GetAtt": ["Worker", "Arn"] },
      Environment: { Variables: { TABLE: "orders" } },
    },
  },
  ...versioned({ Ref: "Fn" }),
  Queue: { Type: "AWS::SQS::Queue" },
  Table: { Type: "AWS::DynamoDB::Table", Properties: { BillingMode: "PAY_PER_REQUEST" } },
  Mapping: {
    Type: "AWS::Lambda::EventSourceMapping",
    Properties: { FunctionName: { Ref: "Fn" }, EventSourceArn: { "Fn::GetAtt": ["Queue", "Arn"] }, BatchSize: 1 },
  },
});

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "gameday-parts-")), "parts.json");
});

/** What a process has of them, as its templates say and as the file says. */
function inProcess(path: string | undefined = file) {
  const aws = servicesOf(graph, { pace: { updateMs: 60_000, experimentMs: 0 } });
  const kept = keepParts(aws.parts, path);
  const call = (service: keyof typeof aws.services, operation: string, input: object) =>
    kept.around(aws.services[service].operations)[operation]!.run(input as never);
  const plan = [...aws.plans.records.values()][0]!;
  const mapping = [...aws.eventSources.values()][0]!;
  return {
    parts: aws.parts,
    rules: aws.rules,
    plan,
    mapping,
    queue: [...aws.queues.records.values()][0]!,
    table: [...aws.throughput.records.values()][0]!,
    alias: [...aws.versioning.aliases.values()][0]!,
    orders: aws.functions.get("orders")!,
    changed: () => kept.changed(),
    move: (change: object) => call("lambda", "UpdateAlias", { FunctionName: "orders", Name: "live", ...change }),
    set: (Variables: Record<string, string>) =>
      call("lambda", "UpdateFunctionConfiguration", { FunctionName: "orders", Environment: { Variables } }),
    reserve: (ReservedConcurrentExecutions: number) =>
      call("lambda", "PutFunctionConcurrency", { FunctionName: "orders", ReservedConcurrentExecutions }),
    unreserve: () => call("lambda", "DeleteFunctionConcurrency", { FunctionName: "orders" }),
    limit: (MaxWriteRequestUnits: number) =>
      call("dynamodb", "UpdateTable", {
        TableName: graph.ofType("AWS::DynamoDB::Table")[0]!.name,
        OnDemandThroughput: { MaxWriteRequestUnits },
      }),
    impair: (Policy: string) =>
      call("sqs", "SetQueueAttributes", {
        QueueUrl: graph.ofType("AWS::SQS::Queue")[0]!.ref,
        Attributes: { Policy },
      }),
    disable: () => call("eventbridge", "DisableRule", { Name: "to-delivery" }),
    enable: () => call("eventbridge", "EnableRule", { Name: "to-delivery" }),
    unlimited: () =>
      call("apigateway", "UpdateUsagePlan", {
        usagePlanId: plan.id,
        patchOperations: [{ op: "remove", path: "/throttle" }],
      }),
    switchOff: () => call("lambda", "UpdateEventSourceMapping", { UUID: mapping.uuid, Enabled: false }),
  };
}

describe("what was changed", () => {
  test("is as it was changed in the next process too, and counts as changed there", async () => {
    const first = inProcess();
    expect(first.changed()).toEqual([]);
    await first.disable();
    await first.unlimited();
    const next = inProcess();
    expect(next.rules[0]!.state).toBe("DISABLED");
    expect(next.plan.throttle).toBeUndefined();
    expect(next.changed()).toEqual(["Test/Plan", "Test/Rule"]);
    await next.enable();
    expect(inProcess().changed()).toEqual(["Test/Plan"]);
  });

  test("of an alias is kept with its weights, and that they were taken away", async () => {
    await inProcess().move({ FunctionVersion: "2", RoutingConfig: { AdditionalVersionWeights: { 1: 0.1 } } });
    const next = inProcess();
    expect(next.alias).toMatchObject({ version: "2", weights: { 1: 0.1 } });
    expect(next.changed()).toEqual(["Test/Live"]);
    await next.move({ FunctionVersion: "1", RoutingConfig: { AdditionalVersionWeights: {} } });
    expect(inProcess().alias.weights).toBeUndefined();
    expect(inProcess().changed()).toEqual([]);
  });

  test("and was still under way is done in the next process: AWS would have finished it", async () => {
    await inProcess().switchOff();
    const next = inProcess();
    expect(next.mapping).toMatchObject({ state: "Disabled", settings: { enabled: false, batchSize: 1 } });
    expect(next.changed()).toEqual(["Test/Mapping"]);
  });

  test("without a file is known in this process alone", async () => {
    const first = inProcess("");
    first.queue.attributes = { ...first.queue.attributes, Policy: "{}" };
    expect(first.changed()).toEqual(["Test/Queue"]);
    expect(inProcess("").changed()).toEqual([]);
  });
});

describe("a function's configuration", () => {
  test("is what it was changed to, in the next process too, and in effect there", async () => {
    await inProcess().set({ TABLE: "orders", SLOW_MS: "250" });
    const next = inProcess();
    expect(next.orders).toMatchObject({
      variables: { TABLE: "orders", SLOW_MS: "250" },
      lastUpdateStatus: "Successful",
    });
    expect(next.changed()).toEqual(["orders"]);
    await next.set({ TABLE: "orders" });
    expect(inProcess().changed()).toEqual([]);
  });

  test("keeps what was reserved, and that it was taken away", async () => {
    await inProcess().reserve(3);
    expect(inProcess().orders.reservedConcurrency).toBe(3);
    await inProcess().unreserve();
    expect(inProcess().orders).not.toHaveProperty("reservedConcurrency");
    expect(inProcess().changed()).toEqual([]);
  });

  test("keeps whatever else of it can be changed, and that it was taken away", async () => {
    const first = inProcess();
    Object.assign(first.orders, { extra: 3 });
    await first.set({ TABLE: "orders" });
    expect(first.changed()).toEqual(["orders"]);
    const next = inProcess();
    expect(next.orders).toMatchObject({ extra: 3 });

    const templatesHaveMore = inProcess();
    Object.assign(templatesHaveMore.orders, { addedByTemplate: 1 });
    keepParts(templatesHaveMore.parts, file);
    expect(templatesHaveMore.orders).not.toHaveProperty("addedByTemplate");
  });
});

test("the maximum of a table is kept as it will be", async () => {
  await inProcess().limit(5);
  expect(inProcess().table.most).toEqual({ write: 5 });
  expect(inProcess().changed()).toEqual(["Test/Table"]);
});

test("a queue's policy is kept by what it says", async () => {
  const policy = { Statement: [{ Effect: "Deny", Principal: "*", Action: "sqs:SendMessage" }] };
  await inProcess().impair(JSON.stringify(policy, undefined, 2));
  const next = inProcess();
  expect(JSON.parse(next.queue.attributes.Policy!)).toEqual(policy);
  expect(next.changed()).toEqual(["Test/Queue"]);
  await next.impair("");
  expect(inProcess().queue.attributes).not.toHaveProperty("Policy");
  expect(inProcess().changed()).toEqual([]);
});
