import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type CloudFormationClient,
  CreateStackCommand,
  type CreateStackCommandInput,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { describe, expect, test } from "vitest";
import {
  type CloudFormationOptions,
  createCloudFormation,
} from "../../../../stand-in/aws/cloudformation/operations.ts";
import { keptStacks } from "../../../../stand-in/persistence/stacks.ts";
import { clientFor } from "../../../functions/runtime-for.ts";

const TemplateURL = "https://s3.rehearsal-1.amazonaws.com/assets/shop.json";
const RoleARN = "arn:aws:iam::000000000000:role/cfn-exec";
const FAILS = { logicalId: "Table", type: "AWS::DynamoDB::Table", reason: "limit exceeded" };

function region(options: Partial<CloudFormationOptions> = {}) {
  const stacks = createCloudFormation({
    ephemeral: new Set(["Shop"]),
    hasTemplate: (url) => url === TemplateURL,
    fateOf: () => ({ afterMs: 5 }),
    ...options,
  });
  const client = clientFor<CloudFormationClient>(stacks);
  return {
    stacks,
    create: (changes: Partial<CreateStackCommandInput> = {}) =>
      client.send(
        new CreateStackCommand({ StackName: "Shop", TemplateURL, RoleARN, OnFailure: "DO_NOTHING", ...changes }),
      ),
    remove: (StackName: string) => client.send(new DeleteStackCommand({ StackName })),
    statusOf: async (StackName = "Shop") =>
      (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0]?.StackStatus,
    events: async (StackName = "Shop") =>
      ((await client.send(new DescribeStackEventsCommand({ StackName }))).StackEvents ?? []).map(
        ({ LogicalResourceId, ResourceStatus }) => `${LogicalResourceId} ${ResourceStatus}`,
      ),
  };
}

describe("a stack that game days bring up", () => {
  test("is there once it is up, and until it goes; every other is there always", async () => {
    const { stacks, create, remove } = region();
    expect([stacks.stands("Shop"), stacks.stands("Orders")]).toEqual([false, true]);
    const { StackId = "" } = await create();
    expect(stacks.stands("Shop")).toBe(false);
    await sleep(20);
    expect(stacks.stands("Shop")).toBe(true);
    await remove(StackId);
    expect(stacks.stands("Shop")).toBe(false);
    expect(stacks.left()).toEqual(["stack Shop (DELETE_IN_PROGRESS)"]);
    await sleep(20);
    expect(stacks.left()).toEqual([]);
  });

  test("is the same with the same token, and taken without it", async () => {
    const { create } = region();
    const { StackId } = await create({ ClientRequestToken: "day-1" });
    expect((await create({ ClientRequestToken: "day-1" })).StackId).toBe(StackId);
    await expect(create({ ClientRequestToken: "day-2" })).rejects.toMatchObject({ name: "AlreadyExistsException" });
    await expect(create()).rejects.toMatchObject({ name: "AlreadyExistsException" });
  });

  test("can be deleted while it comes up", async () => {
    const { create, remove, statusOf, stacks } = region();
    const { StackId = "" } = await create();
    await remove("Shop");
    await sleep(30);
    expect(await statusOf(StackId)).toBe("DELETE_COMPLETE");
    await expect(statusOf("Shop")).rejects.toThrow("Stack with id Shop does not exist");
    expect(stacks.stands("Shop")).toBe(false);
  });

  test("that fails stays as it is, and its events say why", async () => {
    const { create, statusOf, events, stacks } = region({ fateOf: () => ({ afterMs: 1, fails: FAILS }) });
    await create();
    await sleep(10);
    expect(await statusOf()).toBe("CREATE_FAILED");
    expect(stacks.stands("Shop")).toBe(false);
    expect(await events()).toEqual(["Shop CREATE_FAILED", "Table CREATE_FAILED", "Shop CREATE_IN_PROGRESS"]);
  });

  test("needs a template that was synthesised", async () => {
    const { create } = region();
    await expect(create({ TemplateURL: `${TemplateURL}x` })).rejects.toThrow("S3 error: Access Denied");
  });

  test("that is not hosted, and a way to fail that is not played, are refused by name", async () => {
    const { create } = region();
    await expect(create({ StackName: "Other" })).rejects.toThrow("can bring up Shop, not Other");
    await expect(create({ OnFailure: "ROLLBACK" })).rejects.toThrow("plays OnFailure DO_NOTHING, not ROLLBACK");
  });

  test("asks for the role to be passed, and for the template to be read, as its caller", () => {
    const { stacks } = region();
    expect(stacks.operations.CreateStack!.needs({ StackName: "Shop", TemplateURL, RoleARN } as never)).toEqual([
      {
        action: "cloudformation:CreateStack",
        resource: "arn:aws:cloudformation:rehearsal-1:000000000000:stack/Shop/*",
        context: { "cloudformation:RoleArn": RoleARN, "cloudformation:TemplateUrl": TemplateURL },
      },
      {
        action: "iam:PassRole",
        resource: RoleARN,
        context: { "iam:PassedToService": "cloudformation.amazonaws.com" },
      },
      { action: "s3:GetObject", resource: "arn:aws:s3:::assets/shop.json" },
    ]);
  });

  test("goes on in the next process when its own is killed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "gameday-stacks-"));
    try {
      const kept = () => keptStacks(join(folder, "stacks.json"));
      const killed = region({ kept: kept(), fateOf: () => ({ afterMs: 3_600_000 }) });
      await killed.create({ Tags: [{ Key: "gameday:id", Value: "day-1" }] });
      killed.stacks.stop();
      const next = region({ kept: kept() });
      expect(next.stacks.left()).toEqual(["stack Shop (CREATE_IN_PROGRESS)"]);
      await sleep(20);
      expect(await next.statusOf()).toBe("CREATE_COMPLETE");
      await next.remove("Shop");
      await sleep(20);
      expect(region({ kept: kept() }).stacks.left()).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
