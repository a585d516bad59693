import { afterEach, beforeEach, expect, test } from "vitest";
import type { Clients } from "../../../functions/runtime/clients.ts";
import { preflight } from "../../../functions/steps/preflight.ts";
import { ServiceError } from "../../../stand-in/aws/operation.ts";
import type { FaultSpec } from "../../../workflows/faults.ts";
import type { Plan } from "../../../workflows/state.ts";
import { samplePlan } from "../../workflows/sample.ts";
import { setStage, target } from "../changes/stage.ts";
import { runtimeFor } from "../runtime-for.ts";

const SPECS: FaultSpec[] = [
  { kind: "event-source-off", eventSource: "deliveries" },
  { kind: "queue-impairment", queue: "deliveries", deny: ["send"] },
  { kind: "rule-off", rule: "to-delivery" },
  { kind: "api-throttle", usagePlan: "partner", rate: 2, burst: 1 },
  { kind: "dynamodb-throttle", table: "orders", maxWriteUnits: 2 },
  { kind: "lambda-version", alias: "live", version: "2" },
];
const [sample] = samplePlan().faults as [Plan["faults"][0]];
const alarms: string[] = [];
const plan = samplePlan({
  target: { ...target, alarms },
  faults: SPECS.map((spec, index) => ({ ...sample, index, spec, name: spec.kind })),
});

let stage: ReturnType<typeof setStage>;
beforeEach(() => {
  stage = setStage();
});
afterEach(() => stage.stop());

async function said(asked = plan): Promise<string> {
  const { runtime } = runtimeFor({ documents: {} as Clients["documents"] });
  const clients = { ...runtime.clients, ...stage.scene.clients };
  return preflight.call({ plan: asked }, { ...runtime, clients }).then(
    () => "nothing",
    (error: Error) => error.message,
  );
}

test("has nothing to say of resources that are as they should be, and changes none of them", async () => {
  expect(await said()).toBe("nothing");
  expect(stage.calls.filter((call) => !/^(Get|List|Describe)/.test(call))).toEqual([]);
});

test("names every resource that is not tagged for the target, by the drill's name", async () => {
  for (const record of [stage.mapping, stage.queue, stage.rule, stage.plan, stage.table, stage.alias.of]) {
    Object.assign(record, { tags: { "gameday:target": "bank" } });
  }
  const message = await said();
  for (const what of [
    "event source deliveries",
    "queue deliveries",
    "rule to-delivery",
    "usage plan partner",
    "table orders",
    "alias live",
  ]) {
    expect(message).toContain(
      `${what} has gameday:target=bank, but only one tagged gameday:target=shop may be touched`,
    );
  }
});

test("says before the load begins what a fault would refuse at its turn", async () => {
  stage.mapping.state = "Disabled";
  stage.mapping.settings = { ...stage.mapping.settings, enabled: false };
  stage.rule.state = "DISABLED";
  Object.assign(stage.table, { billingMode: "PROVISIONED", tags: {} });
  const message = await said();
  expect(message).toContain("Expected event source deliveries without the fault; found it already");
  expect(message).toContain("Expected rule to-delivery without the fault");
  expect(message).toContain("found billing mode PROVISIONED");
  expect(message).toContain("table orders is not tagged");
});

test("says what is not there", async () => {
  stage.stage.fate = (operation) => {
    if (operation === "DescribeRule") throw new ServiceError("ResourceNotFoundException", "Rule does not exist.");
    if (operation === "ListQueueTags") throw new ServiceError("QueueDoesNotExist", "The queue does not exist.");
    return "answered";
  };
  expect(await said()).toContain("queue deliveries does not exist; rule to-delivery does not exist");
});

test("looks at what is to be deployed as at a fault", async () => {
  const faults = [{ ...sample, spec: { kind: "none" } as const }];
  const deploying = (version: string) =>
    said(samplePlan({ target: { ...target, alarms }, deploy: { kind: "version", alias: "live", version }, faults }));
  expect(await deploying("2")).toBe("nothing");
  expect(await deploying("9")).toContain("to be Active; found no such version");
  expect(await deploying("1")).toContain("found it already as the fault would make it (version 1)");
});
