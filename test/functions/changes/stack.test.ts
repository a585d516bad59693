import { setTimeout as sleep } from "node:timers/promises";
import { CreateStackCommand } from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { NotDeployed, NotReady, NotRestored, Transient } from "../../../functions/runtime/errors.ts";
import { deploy } from "../../../functions/steps/deploy.ts";
import { injectFault } from "../../../functions/steps/inject-fault.ts";
import { judge } from "../../../functions/steps/judge.ts";
import { preflight } from "../../../functions/steps/preflight.ts";
import { rollBack } from "../../../functions/steps/roll-back.ts";
import { verifyRestored } from "../../../functions/steps/verify-restored.ts";
import {
  type CloudFormation,
  createCloudFormation,
  type Fate,
} from "../../../stand-in/aws/cloudformation/operations.ts";
import { ServiceError } from "../../../stand-in/aws/operation.ts";
import { analysisKey, resultKey } from "../../../workflows/names.ts";
import type { Result } from "../../../workflows/result.ts";
import type { Plan, Restored } from "../../../workflows/state.ts";
import { samplePlan } from "../../workflows/sample.ts";
import { clientFor, runtimeFor } from "../runtime-for.ts";
import { startTables } from "../tables.ts";
import { FakeLambda } from "./fake-lambda.ts";

/** A target whose stack comes up for the game day and goes afterwards, whatever happens in between. */

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.stop());

const STACK = {
  stackName: "Shop",
  templateUrl: "https://s3.local.amazonaws.com/assets/shop.json",
  roleArn: "arn:aws:iam::000000000000:role/cfn-exec",
  allowanceSeconds: 1800,
};
const LATER = 3_600_000;
const BROKEN = { logicalId: "Checkout", type: "AWS::Lambda::Function", reason: "no such bucket" };

let stacks: CloudFormation;
let fates: Record<"CREATE" | "DELETE", Fate[]>;
/** What happens to calls on their way, by operation: called instead of them. */
let onCall: Record<string, (make: () => Promise<unknown>) => Promise<unknown>>;
let calls: string[];
let lambda: FakeLambda;
let world: ReturnType<typeof runtimeFor>;
let plan: Plan;
let day = 0;

beforeEach(async () => {
  fates = { CREATE: [], DELETE: [] };
  onCall = {};
  calls = [];
  stacks = createCloudFormation({
    ephemeral: new Set([STACK.stackName]),
    hasTemplate: (url) => url === STACK.templateUrl,
    fateOf: (what) => fates[what].shift() ?? { afterMs: 0 },
  });
  const client = clientFor<{ send(command: object): Promise<unknown> }>(stacks);
  lambda = new FakeLambda({});
  world = runtimeFor({
    documents: tables.documents,
    lambda,
    cloudformation: {
      send: (command: object) => {
        const name = command.constructor.name.replace(/Command$/, "");
        calls.push(name);
        const make = () => client.send(command);
        return onCall[name]?.(make) ?? make();
      },
    } as never,
  });
  plan = samplePlan({ id: `stack-day-${++day}`, deploy: { kind: "stack" }, stack: STACK, pending: true });
  const { leases } = world.runtime;
  await leases.release(plan.target.name, `stack-day-${day - 1}`);
  await leases.acquire(plan.target.name, plan, new Date("2026-11-22T09:00:00Z"));
});

const bringUp = () => deploy.call({ plan }, world.runtime);
const up = async () => {
  await bringUp();
  await sleep(5);
  await bringUp();
};
const back = (more: object = {}) => rollBack.call({ plan, ...more }, world.runtime);
const verify = () => verifyRestored.call({ plan }, world.runtime);
const restored = () =>
  JSON.parse(world.buckets.get("results", resultKey(plan.id, "restored.json")).toString()) as Restored;
const entry = async () => (await world.runtime.journal.read(plan.id))[0]!;
const somebodys = (tags: Record<string, string> = {}) =>
  clientFor<typeof world.runtime.clients.cloudformation>(stacks).send(
    new CreateStackCommand({
      StackName: STACK.stackName,
      TemplateURL: STACK.templateUrl,
      OnFailure: "DO_NOTHING",
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );

describe("Deploy", () => {
  test("asks for the stack once, and is done when all of it is there", async () => {
    expect(await bringUp()).toMatchObject({ done: false, saw: "stack Shop is asked for" });
    expect(await entry()).toMatchObject({ id: "10-deployment", state: "applied", before: null });
    await sleep(5);
    expect(await bringUp()).toMatchObject({ done: true, saw: "stack Shop is up" });
    expect((await entry()).inEffectAt).toBeDefined();
    expect(calls.filter((call) => call === "CreateStack")).toHaveLength(1);
  });

  test("waits while it comes up", async () => {
    fates.CREATE = [{ afterMs: LATER }];
    await bringUp();
    expect(await bringUp()).toMatchObject({ done: false, saw: "stack Shop is CREATE_IN_PROGRESS" });
    stacks.stop();
  });

  test("says which resource failed first, and why", async () => {
    fates.CREATE = [{ afterMs: 0, fails: BROKEN }];
    await bringUp();
    await sleep(5);
    await expect(bringUp()).rejects.toThrow(NotDeployed);
    await expect(bringUp()).rejects.toThrow("it CREATE_FAILED; Checkout: no such bucket");
  });

  test("gives up on one that takes longer than it may", async () => {
    fates.CREATE = [{ afterMs: LATER }];
    await bringUp();
    world.clock.time = new Date(world.clock.time.getTime() + 1_801_000);
    await expect(bringUp()).rejects.toThrow("stack Shop to be up after 1800 s; found CREATE_IN_PROGRESS");
    stacks.stop();
  });

  test("finds its stack again when the answer was lost", async () => {
    onCall.CreateStack = async (make) => {
      await make();
      throw new ServiceError("TimeoutError", "socket hang up", 500);
    };
    await expect(bringUp()).rejects.toThrow(Transient);
    expect((await entry()).state).toBe("intended");
    onCall = {};
    await up();
    expect(await entry()).toMatchObject({ state: "applied" });
    expect(stacks.left()).toHaveLength(1);
  });

  test("leaves a stack of that name alone that somebody else has made meanwhile", async () => {
    await somebodys();
    await expect(bringUp()).rejects.toThrow("which is no game day's. It is left alone.");
    expect(stacks.left()).toHaveLength(1);
  });

  test("asks for nothing once the target is not the game day's any more", async () => {
    await world.runtime.leases.release(plan.target.name, plan.id);
    await expect(bringUp()).rejects.toThrow("nobody holds it");
    expect(calls).toEqual([]);
  });
});

describe("Preflight, before the stack is there", () => {
  const check = () => preflight.call({ plan }, world.runtime);

  test("asks for nothing but that nobody has one of that name", async () => {
    await expect(check()).resolves.toBeDefined();
    expect(calls).toEqual(["DescribeStacks"]);
  });

  test("refuses what stands there, and says whose it is", async () => {
    await somebodys({ "gameday:id": "day-before" });
    await sleep(5);
    await expect(check()).rejects.toThrow(NotReady);
    await expect(check()).rejects.toThrow(
      "stack Shop is CREATE_COMPLETE already and was brought up by game day day-before",
    );
  });
});

describe("RollBack", () => {
  const FAILED = { failure: { Error: "NotSteady" } };

  test("takes the stack down, and waits until it is gone", async () => {
    await up();
    fates.DELETE = [{ afterMs: 20 }];
    expect(await back()).toMatchObject({ done: false, saw: "10-deployment: being put back" });
    await sleep(40);
    world.clock.time = new Date(world.clock.time.getTime() + 200_000);
    expect(await back()).toMatchObject({ done: true });
    expect(stacks.left()).toEqual([]);
    expect(await entry()).toMatchObject({ state: "undone", restoredAt: world.clock.time.toISOString() });
    expect(await verify()).toMatchObject({ done: true, ok: true });
  });

  test.each([
    ["half created", "CREATE", { afterMs: LATER }],
    ["whose creation failed", "CREATE", { afterMs: 0, fails: BROKEN }],
  ] as const)("takes down one that is %s", async (_what, when, fate) => {
    fates[when] = [fate];
    await bringUp();
    await sleep(5);
    await back(FAILED);
    await sleep(5);
    expect(stacks.left()).toEqual([]);
    expect(await verify()).toMatchObject({ ok: true });
  });

  test("takes down one whose creation it never heard of", async () => {
    onCall.CreateStack = async (make) => {
      await make();
      throw new ServiceError("TimeoutError", "socket hang up", 500);
    };
    await expect(bringUp()).rejects.toThrow();
    await back(FAILED);
    await sleep(5);
    expect(stacks.left()).toEqual([]);
  });

  test("finishes one that is half deleted", async () => {
    await up();
    fates.DELETE = [{ afterMs: 0, fails: { ...BROKEN, reason: "it is not empty" } }];
    await back();
    await sleep(5);
    expect(await verify()).toMatchObject({ ok: false });
    expect(restored().checks).toMatchObject([{ ok: false, detail: "it is DELETE_FAILED; Checkout: it is not empty" }]);
    expect(restored().byHand.join("\n")).toContain("aws cloudformation delete-stack --stack-name Shop");
    await back();
    await sleep(5);
    expect(stacks.left()).toEqual([]);
  });

  test("names one that refuses to go once patience has ended", async () => {
    await up();
    const refuses = { afterMs: 0, fails: BROKEN };
    fates.DELETE = [refuses, refuses, refuses];
    const { since } = await back();
    await sleep(5);
    world.clock.time = new Date(world.clock.time.getTime() + 1_900_000);
    await expect(back({ rolledBack: { since } })).rejects.toThrow(NotRestored);
  });

  test("tries again when CloudFormation does not take the deletion right now", async () => {
    await up();
    onCall.DeleteStack = () =>
      Promise.reject(new ServiceError("ValidationError", "cannot be deleted while it is busy"));
    expect(await back()).toMatchObject({ done: false });
    onCall = {};
    await back();
    await sleep(5);
    expect(stacks.left()).toEqual([]);
  });

  test("leaves a stack of that name alone that is somebody else's, and says so", async () => {
    await up();
    await back();
    await sleep(5);
    await somebodys({ "gameday:id": "another-day" });
    calls = [];
    await back();
    expect(calls).not.toContain("DeleteStack");
    expect(stacks.left()).toHaveLength(1);
    expect(await verify()).toMatchObject({ ok: true });
  });

  test("a creation that comes after the undo is found by the look at the end", async () => {
    let straggler = async (): Promise<unknown> => undefined;
    onCall.CreateStack = async (make) => {
      straggler = make;
      throw new ServiceError("TimeoutError", "socket hang up", 500);
    };
    await expect(bringUp()).rejects.toThrow();
    await back(FAILED);
    expect(await verify()).toMatchObject({ ok: true });
    await straggler();
    await sleep(5);
    expect(await verify()).toMatchObject({ ok: false });
    await back(FAILED);
    await sleep(5);
    expect(await verify()).toMatchObject({ ok: true });
  });

  test("takes back what is on the stack first, and asks nothing of it once the stack goes", async () => {
    await up();
    await injectFault.call({ plan, fault: plan.faults[0]! }, world.runtime);
    expect(lambda.variables).not.toEqual({});
    await back();
    expect(lambda.variables).toEqual({});
    await back();
    await sleep(5);
    expect(stacks.left()).toEqual([]);
    lambda.fate = () => {
      throw new ServiceError("AccessDeniedException", "no such function has the tag", 403);
    };
    world.clock.time = new Date(world.clock.time.getTime() + 200_000);
    expect(await back()).toMatchObject({ done: true });
    expect(await verify()).toMatchObject({ ok: true });
    expect(restored().checks.map(({ what }) => what)).toContain('nothing of fault "slow-third" is left');
  });
});

describe("Judge", () => {
  const judged = (more: object) => judge.call({ plan, ...more }, world.runtime);
  const result = () => JSON.parse(world.buckets.get("results", resultKey(plan.id, "result.json")).toString()) as Result;

  test("keeps what was seen of the faults while the target was there, and goes by it afterwards", async () => {
    expect(await judged({ targetGoes: true })).toEqual({ faults: 2 });
    expect(world.buckets.has("results", resultKey(plan.id, "result.json"))).toBe(false);
    const key = analysisKey(plan.id, "faults");
    const seen = JSON.parse(world.buckets.get("results", key).toString()) as Result["faults"];
    await world.runtime.results.putJson(
      key,
      seen.map((fault) => ({ ...fault, recovery: "seen before the stack went" })),
    );
    await judged({});
    expect(result().faults.map(({ recovery }) => recovery)).toEqual(Array(2).fill("seen before the stack went"));
  });

  test("says how long the stack took to come up, and to go", async () => {
    await bringUp();
    world.clock.time = new Date(world.clock.time.getTime() + 45_000);
    await sleep(5);
    await bringUp();
    fates.DELETE = [{ afterMs: 20 }];
    await back();
    world.clock.time = new Date(world.clock.time.getTime() + 30_000);
    await sleep(40);
    await back();
    await judged({});
    expect(result().deployed).toEqual({ stack: "Shop", secondsUp: 45, secondsDown: 30 });
  });
});
