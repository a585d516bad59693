import { beforeEach, describe, expect, test } from "vitest";
import { createApiGateway } from "../../../../stand-in/aws/api-gateway/operations.ts";
import type { UsagePlanRecord } from "../../../../stand-in/aws/api-gateway/usage-plans.ts";

let plan: UsagePlanRecord;
let service: ReturnType<typeof createApiGateway>;
beforeEach(() => {
  plan = {
    id: "plan1",
    name: "slow",
    path: "Test/Plan",
    tags: { "gameday:target": "notifications" },
    stages: [{ apiId: "api1", stage: "prod" }],
    keys: new Set(["the-key"]),
    throttle: { rate: 10, burst: 10 },
  };
  service = createApiGateway(new Map([["plan1", plan]]));
});
const call = (operation: string, input: object) => service.operations[operation]!.run(input as never);
const patch = (...patchOperations: object[]) => call("UpdateUsagePlan", { usagePlanId: "plan1", patchOperations });

describe("a usage plan", () => {
  test("is shown without its keys' values", async () => {
    const shown = await call("GetUsagePlan", { usagePlanId: "plan1" });
    expect(shown).toMatchObject({ throttle: { rateLimit: 10, burstLimit: 10 }, apiStages: [{ apiId: "api1" }] });
    expect(JSON.stringify(shown)).not.toContain("the-key");
  });

  test("takes another rate by a patch, and the old one back", async () => {
    expect(await patch({ op: "replace", path: "/throttle/rateLimit", value: "2" })).toMatchObject({
      throttle: { rateLimit: 2, burstLimit: 10 },
    });
    await patch(
      { op: "replace", path: "/throttle/rateLimit", value: "10" },
      { op: "replace", path: "/throttle/burstLimit", value: "1" },
    );
    expect(plan.throttle).toEqual({ rate: 10, burst: 1 });
  });

  test("without a limit is not one with a limit of nothing", async () => {
    await patch({ op: "remove", path: "/throttle" });
    expect(plan.throttle).toBeUndefined();
    await patch({ op: "add", path: "/throttle/rateLimit", value: "3" });
    expect(plan.throttle).toEqual({ rate: 3, burst: 0 });
  });

  test.each([
    { op: "replace", path: "/quota/limit", value: "1" },
    { op: "replace", path: "/throttle/rateLimit", value: "fast" },
    { op: "remove", path: "/throttle/rateLimit" },
  ])("refuses %o", async (operation) => {
    await expect(patch(operation)).rejects.toMatchObject({ name: "BadRequestException" });
  });

  test("needs permission to PATCH itself, with its tags", () => {
    expect(service.operations.UpdateUsagePlan!.needs({ usagePlanId: "plan1" } as never)).toEqual([
      {
        action: "apigateway:PATCH",
        resource: "arn:aws:apigateway:rehearsal-1::/usageplans/plan1",
        context: { "aws:ResourceTag/gameday:target": "notifications" },
      },
    ]);
  });

  test("that is not there is an error", async () => {
    await expect(call("GetUsagePlan", { usagePlanId: "plan2" })).rejects.toMatchObject({ name: "NotFoundException" });
  });
});
