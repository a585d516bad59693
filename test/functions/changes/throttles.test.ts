import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { apiThrottle } from "../../../functions/changes/api-throttle.ts";
import { dynamodbThrottle } from "../../../functions/changes/dynamodb-throttle.ts";
import { eventSourceOff } from "../../../functions/changes/event-source-off.ts";
import { ruleOff } from "../../../functions/changes/rule-off.ts";
import { setStage, target, UPDATE_MS } from "./stage.ts";

let stage: ReturnType<typeof setStage>;
beforeEach(() => {
  vi.useFakeTimers();
  stage = setStage();
});
afterEach(() => {
  stage.stop();
  vi.useRealTimers();
});

describe("api-throttle on a plan that has a throttle", () => {
  const spec = { kind: "api-throttle", usagePlan: "partner", rate: 2, burst: 1 } as const;
  async function injected() {
    stage.plan.throttle = { rate: 100, burst: 200 };
    const before = await apiThrottle.snapshot(spec, stage.scene);
    await apiThrottle.apply(spec, before, stage.scene);
    return before;
  }

  test("puts the numbers back", async () => {
    const before = await injected();
    expect(stage.plan.throttle).toEqual({ rate: 2, burst: 1 });
    await apiThrottle.undo(spec, before, stage.scene);
    expect(stage.plan.throttle).toEqual({ rate: 100, burst: 200 });
  });

  test("puts back the one of them that is still its own", async () => {
    const before = await injected();
    stage.plan.throttle = { rate: 50, burst: 1 };
    expect(await apiThrottle.undo(spec, before, stage.scene)).toEqual([
      { what: "rate of usage plan partner", ours: "2", found: "50" },
    ]);
    expect(stage.plan.throttle).toEqual({ rate: 50, burst: 200 });
  });

  test("names a throttle that somebody has taken away", async () => {
    const before = await injected();
    delete stage.plan.throttle;
    expect(await apiThrottle.undo(spec, before, stage.scene)).toMatchObject([{ found: "none" }, { found: "none" }]);
    expect(stage.plan.throttle).toBeUndefined();
  });
});

test("a throttle that was not there is somebody's as soon as they have changed a part of it", async () => {
  const spec = { kind: "api-throttle", usagePlan: "partner", rate: 2, burst: 1 } as const;
  const before = await apiThrottle.snapshot(spec, stage.scene);
  await apiThrottle.apply(spec, before, stage.scene);
  stage.plan.throttle = { rate: 50, burst: 1 };
  expect(await apiThrottle.undo(spec, before, stage.scene)).toHaveLength(2);
  expect(stage.plan.throttle).toEqual({ rate: 50, burst: 1 });
  expect((await apiThrottle.check(spec, before, stage.scene)).checks.every(({ ok }) => ok)).toBe(true);
});

describe("dynamodb-throttle", () => {
  const spec = { kind: "dynamodb-throttle", table: "orders", maxWriteUnits: 2, maxReadUnits: 3 } as const;
  const settle = () => vi.advanceTimersByTime(UPDATE_MS);

  test("leaves the maximum alone that the drill does not name", async () => {
    stage.table.most = { read: 70 };
    const { maxReadUnits: _, ...writes } = spec;
    const before = await dynamodbThrottle.snapshot(writes, stage.scene);
    await dynamodbThrottle.apply(writes, before, stage.scene);
    settle();
    expect(stage.table.most).toEqual({ read: 70, write: 2 });
    stage.table.most = { read: 80, write: 2 };
    expect(await dynamodbThrottle.undo(writes, before, stage.scene)).toEqual([]);
    settle();
    expect(stage.table.most).toEqual({ read: 80 });
  });

  test("puts back each maximum that is still its own", async () => {
    stage.table.most = { write: 900 };
    const before = await dynamodbThrottle.snapshot(spec, stage.scene);
    expect(before).toEqual({ "write maximum": 900, "read maximum": -1 });
    await dynamodbThrottle.apply(spec, before, stage.scene);
    settle();
    stage.table.most = { write: 2, read: 8 };
    expect(await dynamodbThrottle.undo(spec, before, stage.scene)).toEqual([
      { what: "read maximum of table orders", ours: "3", found: "8" },
    ]);
    settle();
    expect(stage.table.most).toEqual({ write: 900, read: 8 });
  });

  test("refuses a table that is not on demand", async () => {
    Object.assign(stage.table, { billingMode: "PROVISIONED" });
    await expect(dynamodbThrottle.snapshot(spec, stage.scene)).rejects.toThrow(
      "Expected table orders as the fault needs it; found billing mode PROVISIONED, which has no on-demand maximum.",
    );
  });
});

test("a rule in a state that could not be given back is refused", async () => {
  Object.assign(stage.rule, { state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" });
  await expect(ruleOff.snapshot({ kind: "rule-off", rule: "to-delivery" }, stage.scene)).rejects.toThrow(
    "which EnableRule does not give back",
  );
});

test("an event source whose state says nothing of it is waited for", async () => {
  stage.mapping.state = "Updating";
  const snapshot = eventSourceOff.snapshot({ kind: "event-source-off", eventSource: "deliveries" }, stage.scene);
  await expect(snapshot).rejects.toMatchObject({ name: "Transient" });
});

describe("by hand", () => {
  test.each([
    [
      () =>
        eventSourceOff.byHand({ kind: "event-source-off", eventSource: "deliveries" }, { polling: true }, stage.scene),
      [`aws lambda update-event-source-mapping --uuid ${target.eventSources!.deliveries} --enabled`],
    ],
    [
      () => ruleOff.byHand({ kind: "rule-off", rule: "to-delivery" }, { state: "ENABLED" }, stage.scene),
      ["aws events enable-rule --name to-delivery --event-bus-name notices"],
    ],
    [
      () => apiThrottle.byHand(throttle, { rate: null, burst: null }, stage.scene),
      [
        `aws apigateway update-usage-plan --usage-plan-id ${target.usagePlans!.partner} --patch-operations op=remove,path=/throttle`,
      ],
    ],
    [
      () => apiThrottle.byHand(throttle, { rate: 100, burst: 200 }, stage.scene),
      [
        `aws apigateway update-usage-plan --usage-plan-id ${target.usagePlans!.partner} --patch-operations op=replace,path=/throttle/rateLimit,value=100 op=replace,path=/throttle/burstLimit,value=200`,
      ],
    ],
    [
      () =>
        dynamodbThrottle.byHand(
          { kind: "dynamodb-throttle", table: "orders", maxWriteUnits: 2 },
          { "write maximum": -1 },
          stage.scene,
        ),
      [
        "aws dynamodb update-table --table-name Shop-Orders-9Z --on-demand-throughput MaxWriteRequestUnits=-1",
        "aws dynamodb wait table-exists --table-name Shop-Orders-9Z",
      ],
    ],
  ])("%#", (commands, expected) => {
    expect(commands()).toEqual(expected);
  });
  const throttle = { kind: "api-throttle", usagePlan: "partner", rate: 2, burst: 1 } as const;
});
