import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { readRules } from "../../../rehearsal/events/rules.ts";
import { readUsagePlans } from "../../../rehearsal/hosts/usage-plans.ts";
import type { QueueRecord } from "../../../rehearsal/queues/queues.ts";
import { keepBlocks } from "../../../rehearsal/saved/blocks.ts";
import { createApiGateway } from "../../../rehearsal/services/api-gateway.ts";
import { createEventSources, readEventSource } from "../../../rehearsal/services/event-sources.ts";
import { createEventBridge } from "../../../rehearsal/services/eventbridge.ts";
import { graphOf } from "../templates.ts";

const graph = graphOf({
  Rule: { Type: "AWS::Events::Rule", Properties: { Name: "to-delivery" } },
  Plan: { Type: "AWS::ApiGateway::UsagePlan", Properties: { Throttle: { RateLimit: 10, BurstLimit: 10 } } },
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
  const kept = keepBlocks({ rules, queues: [queue], eventSources: [mapping], usagePlans: usagePlans.values() }, path);
  const eventbridge = kept.around(createEventBridge({ graph, rules, put: () => {} }));
  const apigateway = kept.around(createApiGateway(usagePlans));
  const lambda = kept.around(createEventSources(new Map([[mapping.uuid, mapping]]), 60_000));
  const plan = [...usagePlans.values()][0]!;
  return {
    ...{ rules, plan, mapping, queue },
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
