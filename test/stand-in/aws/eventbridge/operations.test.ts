import { beforeEach, describe, expect, test } from "vitest";
import { createBus, type Delivery } from "../../../../stand-in/aws/eventbridge/bus.ts";
import { createEventBridge } from "../../../../stand-in/aws/eventbridge/operations.ts";
import { readRules } from "../../../../stand-in/aws/eventbridge/rules.ts";
import { graphOf } from "../../templates.ts";

const rule = (Name: string, more = {}) => ({
  Type: "AWS::Events::Rule",
  Properties: { Name, EventPattern: { source: ["shop"] }, Targets: [{ Arn: "arn:target", Id: "Target0" }], ...more },
});
const graph = graphOf({
  Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "notices" } },
  OnBus: rule("on-bus", { EventBusName: { Ref: "Bus" }, Tags: [{ Key: "gameday:target", Value: "notifications" }] }),
  OnDefault: rule("on-default"),
});
const ON_BUS = { Name: "on-bus", EventBusName: "notices" };

let delivered: Delivery[];
let service: ReturnType<typeof createEventBridge>;
beforeEach(() => {
  delivered = [];
  const rules = readRules(graph);
  const bus = createBus(graph, async (delivery) => void delivered.push(delivery), undefined, { rules });
  service = createEventBridge({ graph, rules, put: (event, busName) => bus.put(event, busName) });
});
const call = <T = object>(operation: string, input: object) =>
  service.operations[operation]!.run(input as never) as Promise<T>;
const put = (entry = {}) =>
  call("PutEvents", {
    Entries: [{ EventBusName: "notices", Source: "shop", DetailType: "Sold", Detail: '{"item":"hat"}', ...entry }],
  });
const rulesHeard = () => delivered.map(({ ruleArn }) => ruleArn.split("rule/")[1]);

describe("an event", () => {
  test("goes to the rules of its own bus, whole, with a time in whole seconds", async () => {
    expect(await put()).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] });
    expect(rulesHeard()).toEqual(["notices/on-bus"]);
    expect(delivered[0]!.input).toMatchObject({
      source: "shop",
      "detail-type": "Sold",
      detail: { item: "hat" },
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    await put({ EventBusName: undefined });
    expect(rulesHeard()).toEqual(["notices/on-bus", "on-default"]);
  });

  test("whose detail is no object fails by itself: the call does not", async () => {
    expect(await put({ Detail: "hat" })).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: "MalformedDetail" }],
    });
    expect(delivered).toEqual([]);
  });

  test("needs a permission for each bus, once", () => {
    const needs = service.operations.PutEvents!.needs({
      Entries: [{ EventBusName: "notices" }, { EventBusName: "notices" }, {}],
    } as never);
    expect(needs.map(({ action, resource }) => `${action} ${resource.split(":").at(-1)}`)).toEqual([
      "events:PutEvents event-bus/notices",
      "events:PutEvents event-bus/default",
    ]);
  });

  test("for a bus that is not there is refused", async () => {
    await expect(put({ EventBusName: "noticed" })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("a rule", () => {
  test("that is switched off delivers nothing until it is switched on", async () => {
    await call("DisableRule", ON_BUS);
    expect(await call("DescribeRule", ON_BUS)).toMatchObject({ State: "DISABLED" });
    await put();
    expect(delivered).toEqual([]);
    await call("EnableRule", ON_BUS);
    await put();
    expect(rulesHeard()).toEqual(["notices/on-bus"]);
  });

  test("is found by its name and its bus, and needs permission on itself, with its tags", async () => {
    expect(service.operations.DisableRule!.needs(ON_BUS as never)).toEqual([
      {
        action: "events:DisableRule",
        resource: "arn:aws:events:rehearsal-1:000000000000:rule/notices/on-bus",
        context: { "aws:ResourceTag/gameday:target": "notifications" },
      },
    ]);
    await expect(call("DescribeRule", { Name: "on-bus" })).rejects.toMatchObject({
      message: "Rule on-bus does not exist on EventBus default.",
    });
  });
});
