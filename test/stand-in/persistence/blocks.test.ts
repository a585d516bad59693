import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { createApiGateway } from "../../../stand-in/aws/api-gateway/operations.ts";
import { readUsagePlans } from "../../../stand-in/aws/api-gateway/usage-plans.ts";
import { createEventBridge } from "../../../stand-in/aws/eventbridge/operations.ts";
import { readRules } from "../../../stand-in/aws/eventbridge/rules.ts";
import { createEventSources, readEventSource } from "../../../stand-in/aws/lambda/event-source-mappings.ts";
import { createLambda } from "../../../stand-in/aws/lambda/operations.ts";
import { createReleases } from "../../../stand-in/aws/lambda/versions.ts";
import type { QueueRecord } from "../../../stand-in/aws/sqs/queues.ts";
import { keepBlocks } from "../../../stand-in/persistence/blocks.ts";
import { released } from "../releases.ts";
import { graphOf } from "../templates.ts";

const graph = graphOf({
  Rule: { Type: "AWS::Events::Rule", Properties: { Name: "to-delivery" } },
  Plan: { Type: "AWS::ApiGateway::UsagePlan", Properties: { Throttle: { RateLimit: 10, BurstLimit: 10 } } },
  Fn: { Type: "AWS::Lambda::Function", Properties: { FunctionName: "orders" } },
  ...released({ Ref: "Fn" }),
  Mapping: { Type: "AWS::Lambda::EventSourceMapping", Properties: { EventSourceArn: "arn:queue", BatchSize: 1 } },
});

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "gameday-blocks-")), "blocks.json");
});

/** What a process has of them, as its templates say and as the file says. */
function inProcess(path: string | undefined = file) {
  const rules = readRules(graph);
  const usagePlans = readUsagePlans(graph);
  const mapping = readEventSource(graph.ofType("AWS::Lambda::EventSourceMapping")[0]!, "arn:function");
  const queue: QueueRecord = {
    ...{ name: "deliveries", url: "https://deliveries", arn: "arn:queue", path: "Test/Queue", tags: {} },
    attributes: { VisibilityTimeout: "30" },
  };
  const functions = createLambda({
    resources: graph.ofType("AWS::Lambda::Function"),
    ...{ updateMs: 0, takeEffect: async () => {} },
  });
  const releases = createReleases(graph, functions);
  const kept = keepBlocks(
    {
      ...{ rules, queues: [queue], eventSources: [mapping], usagePlans: usagePlans.values() },
      aliases: releases.aliases.values(),
    },
    path,
  );
  const eventbridge = kept.around(createEventBridge({ graph, rules, put: () => {} }));
  const apigateway = kept.around(createApiGateway(usagePlans));
  const lambda = kept.around(createEventSources(new Map([[mapping.uuid, mapping]]), 60_000));
  const plan = [...usagePlans.values()][0]!;
  return {
    ...{ rules, plan, mapping, queue, alias: [...releases.aliases.values()][0]! },
    move: (change: object) =>
      kept.around(releases.service).UpdateAlias!.run({ FunctionName: "orders", Name: "live", ...change } as never),
    changed: () => kept.changed(),
    disable: () => eventbridge.DisableRule!.run({ Name: "to-delivery" } as never),
    enable: () => eventbridge.EnableRule!.run({ Name: "to-delivery" } as never),
    unlimited: () =>
      apigateway.UpdateUsagePlan!.run({
        usagePlanId: plan.id,
        patchOperations: [{ op: "remove", path: "/throttle" }],
      } as never),
    switchOff: () => lambda.UpdateEventSourceMapping!.run({ UUID: mapping.uuid, Enabled: false } as never),
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
    expect(next.changed()).toEqual(["Test/Rule", "Test/Plan"]);
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
    first.queue.attributes = { VisibilityTimeout: "30", Policy: "{}" };
    expect(first.changed()).toEqual(["Test/Queue"]);
    expect(inProcess("").changed()).toEqual([]);
  });
});
