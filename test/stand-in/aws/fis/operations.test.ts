import {
  CreateExperimentTemplateCommand,
  type CreateExperimentTemplateCommandInput,
  DeleteExperimentTemplateCommand,
  GetExperimentCommand,
  GetExperimentTemplateCommand,
  ListExperimentsCommand,
  ListExperimentTemplatesCommand,
  StartExperimentCommand,
  StopExperimentCommand,
} from "@aws-sdk/client-fis";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { arn } from "../../../../stand-in/templates/cfn/naming.ts";
import { fisWorld, keptInMemory, PACE_MS } from "./world.ts";

const ALARM = arn("cloudwatch", "alarm:Errors");
const MINUTE = 60_000;

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const running = 2 * PACE_MS;

function experimentIn(world = fisWorld()) {
  const { client, functionArn, roleArn } = world;
  const input = (change: Partial<CreateExperimentTemplateCommandInput> = {}) => ({
    clientToken: "token",
    description: "slow",
    roleArn,
    stopConditions: [{ source: "none" }],
    targets: { function: { resourceType: "aws:lambda:function", resourceArns: [functionArn], selectionMode: "ALL" } },
    actions: {
      fault: {
        actionId: "aws:lambda:invocation-add-delay",
        parameters: { duration: "PT2M", invocationPercentage: "33", startupDelayMilliseconds: "250" },
        targets: { Functions: "function" },
      },
    },
    tags: { "gameday:id": "day-1/0" },
    ...change,
  });
  const create = async (change: Partial<CreateExperimentTemplateCommandInput> = {}) =>
    (await client.send(new CreateExperimentTemplateCommand(input(change)))).experimentTemplate!.id!;
  const start = async (experimentTemplateId: string, clientToken = "token") =>
    (await client.send(new StartExperimentCommand({ experimentTemplateId, clientToken, tags: { a: "b" } }))).experiment!
      .id!;
  const get = async (id: string) => (await client.send(new GetExperimentCommand({ id }))).experiment!;
  const status = async (id: string) => (await get(id)).state!.status;
  const began = async (change: Partial<CreateExperimentTemplateCommandInput> = {}) => {
    const id = await start(await create(change));
    await pass(running);
    return id;
  };
  return { ...world, create, start, get, status, began };
}

describe("a template", () => {
  test("is there once made, with its tags, and gone once deleted", async () => {
    const { client, create } = experimentIn();
    const id = await create();
    expect((await client.send(new GetExperimentTemplateCommand({ id }))).experimentTemplate).toMatchObject({
      description: "slow",
      tags: { "gameday:id": "day-1/0" },
    });
    const list = () => client.send(new ListExperimentTemplatesCommand({}));
    expect((await list()).experimentTemplates).toMatchObject([{ id, tags: { "gameday:id": "day-1/0" } }]);
    await client.send(new DeleteExperimentTemplateCommand({ id }));
    expect((await list()).experimentTemplates).toEqual([]);
    await expect(client.send(new DeleteExperimentTemplateCommand({ id }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  test("asked for twice with one token is one; with another token it is another", async () => {
    const { create } = experimentIn();
    const id = await create();
    expect(await create()).toBe(id);
    expect(await create({ clientToken: "other" })).not.toBe(id);
  });

  const action = (change: object) => ({
    actions: {
      fault: {
        actionId: "aws:lambda:invocation-add-delay",
        parameters: { duration: "PT2M" },
        targets: { Functions: "function" },
        ...change,
      },
    },
  });
  test.each([
    ["no stop condition", { stopConditions: [] }],
    ["an action that it does not play", action({ actionId: "aws:ec2:stop-instances" })],
    ["less than a minute", action({ parameters: { duration: "PT59S" } })],
    ["more than twelve hours", action({ parameters: { duration: "PT12H1M" } })],
    ["a share above 100", action({ parameters: { duration: "PT1M", invocationPercentage: "101" } })],
    ["too long a delay", action({ parameters: { duration: "PT1M", startupDelayMilliseconds: "900001" } })],
    ["no target", action({ targets: {} })],
  ])("with %s is refused", async (_what, change) => {
    await expect(experimentIn().create(change)).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("an experiment", () => {
  test("is pending, initiating, running, and completed when its time is over", async () => {
    const { create, start, status, get } = experimentIn();
    const id = await start(await create());
    expect(await status(id)).toBe("pending");
    await pass(PACE_MS);
    expect(await status(id)).toBe("initiating");
    await pass(PACE_MS);
    expect(await get(id)).toMatchObject({
      state: { status: "running" },
      actions: { fault: { startTime: new Date() } },
    });
    await pass(2 * MINUTE);
    expect(await get(id)).toMatchObject({ state: { status: "completed" }, endTime: new Date() });
  });

  test("started twice with one token is one", async () => {
    const { create, start, client } = experimentIn();
    const template = await create();
    expect(await start(template)).toBe(await start(template));
    expect((await client.send(new ListExperimentsCommand({}))).experiments).toHaveLength(1);
  });

  test("of a template that is gone does not begin; one that runs goes on", async () => {
    const { create, start, status, client } = experimentIn();
    const template = await create();
    const id = await start(template);
    await pass(running);
    await client.send(new DeleteExperimentTemplateCommand({ id: template }));
    expect(await status(id)).toBe("running");
    await expect(start(template, "another")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  test.each([0, PACE_MS, running])("is stopped after %s ms, by way of stopping, and once", async (after) => {
    const { create, start, status, client } = experimentIn();
    const id = await start(await create());
    await pass(after);
    await client.send(new StopExperimentCommand({ id }));
    expect(await status(id)).toBe("stopping");
    await pass(PACE_MS);
    expect(await status(id)).toBe("stopped");
    await pass(10 * MINUTE);
    expect(await status(id)).toBe("stopped");
    await expect(client.send(new StopExperimentCommand({ id }))).rejects.toMatchObject({ name: "ValidationException" });
  });

  test("is stopped by an alarm among its stop conditions, and by no other", async () => {
    const { began, status, fis } = experimentIn();
    const id = await began({ stopConditions: [{ source: "aws:cloudwatch:alarm", value: ALARM }] });
    fis.onAlarm(arn("cloudwatch", "alarm:Other"), "ALARM");
    fis.onAlarm(ALARM, "OK");
    expect(await status(id)).toBe("running");
    fis.onAlarm(ALARM, "ALARM");
    await pass(PACE_MS);
    expect(await status(id)).toBe("stopped");
  });

  test("does not begin while a stop condition is in ALARM", async () => {
    const world = experimentIn();
    world.alarms.set(ALARM, "ALARM");
    const id = await world.began({ stopConditions: [{ source: "aws:cloudwatch:alarm", value: ALARM }] });
    await pass(PACE_MS);
    expect(await world.get(id)).toMatchObject({ state: { status: "stopped", reason: expect.stringContaining(ALARM) } });
    expect(world.injections()).toEqual([]);
  });

  test("fails when its role may not write to the bucket, or the function names none", async () => {
    const denied = experimentIn(fisWorld({ mayWrite: false }));
    expect((await denied.get(await denied.began())).state).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("s3:PutObject"),
    });
    const nowhere = experimentIn(fisWorld({ variables: {} }));
    expect((await nowhere.get(await nowhere.began())).state).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("AWS_FIS_CONFIGURATION_LOCATION"),
    });
  });

  test("fails when its role may not take back what it wrote, and the extension forgets it in time all the same", async () => {
    const { began, get, client, injections } = experimentIn(fisWorld({ mayDelete: false }));
    const id = await began();
    await client.send(new StopExperimentCommand({ id }));
    await pass(PACE_MS);
    expect((await get(id)).state).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("s3:DeleteObject"),
    });
    expect(injections()).not.toEqual([]);
    await pass(2 * MINUTE);
    expect(injections()).toEqual([]);
  });

  test("is the fifth that runs at the most", async () => {
    const { create, start } = experimentIn();
    const template = await create();
    for (let index = 0; index < 5; index++) await start(template, `token ${index}`);
    await expect(start(template, "one more")).rejects.toMatchObject({ name: "ServiceQuotaExceededException" });
  });

  test("that nobody knows is an error of the service", async () => {
    const { get } = experimentIn();
    await expect(get("EXPnone")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("what is left", () => {
  test("is named while something runs or a template is there", async () => {
    const { began, client, fis } = experimentIn();
    const id = await began();
    expect(fis.left()).toEqual([
      `experiment ${id} is running (b)`,
      expect.stringMatching(/^experiment template EXT\w+ \(day-1\/0\)$/),
    ]);
    await client.send(new StopExperimentCommand({ id }));
    await client.send(new DeleteExperimentTemplateCommand({ id: [...fis.templates.keys()][0] }));
    await pass(PACE_MS);
    expect(fis.left()).toEqual([]);
  });
});

describe("when its process is killed and another one takes over", () => {
  test.each([
    ["pending", 0, "running"],
    ["initiating", PACE_MS, "running"],
    ["running", running, "running"],
  ])("an experiment that is %s goes on, and can be stopped", async (then, after, soon) => {
    const kept = keptInMemory();
    const first = experimentIn(fisWorld({ kept }));
    const id = await first.start(await first.create());
    await pass(after);
    expect(await first.status(id)).toBe(then);
    first.fis.stop();
    const second = experimentIn(fisWorld({ kept }));
    await pass(running);
    expect(await second.status(id)).toBe(soon);
    expect(await second.create()).toBe([...second.fis.templates.keys()][0]);
    await second.client.send(new StopExperimentCommand({ id }));
    await pass(PACE_MS);
    expect(await second.status(id)).toBe("stopped");
  });

  test("one that was being stopped is stopped, one whose time is over completed", async () => {
    const kept = keptInMemory();
    const first = experimentIn(fisWorld({ kept }));
    const stopping = await first.began();
    const other = await first.start(await first.create({ clientToken: "b" }), "b");
    await pass(running);
    await first.client.send(new StopExperimentCommand({ id: stopping }));
    first.fis.stop();
    await pass(10 * MINUTE);
    const second = experimentIn(fisWorld({ kept }));
    await pass(PACE_MS);
    expect([await second.status(stopping), await second.status(other)]).toEqual(["stopped", "completed"]);
  });
});

describe("lists", () => {
  test("come in pages", async () => {
    const { create, client } = experimentIn();
    for (const clientToken of ["a", "b", "c"]) await create({ clientToken });
    const first = await client.send(new ListExperimentTemplatesCommand({ maxResults: 2 }));
    expect(first.experimentTemplates).toHaveLength(2);
    const nextToken = first.nextToken!;
    const second = await client.send(new ListExperimentTemplatesCommand({ maxResults: 2, nextToken }));
    expect(second.experimentTemplates).toHaveLength(1);
    expect(second.nextToken).toBeUndefined();
  });
});

describe("the extension in the function", () => {
  const slow = [{ share: 0.33, effect: { kind: "delay", ms: 250 } }];

  test("hears of an experiment a minute later at the latest, and of its end within twenty seconds", async () => {
    const { began, client, injections } = experimentIn();
    expect(injections()).toEqual([]);
    const id = await began();
    expect(injections()).toEqual([]);
    await pass(MINUTE - running);
    expect(injections()).toEqual(slow);
    await client.send(new StopExperimentCommand({ id }));
    await pass(PACE_MS);
    expect(injections()).toEqual(slow);
    await pass(20_000 - PACE_MS);
    expect(injections()).toEqual([]);
  });

  test("forgets an experiment when its time is over, whatever becomes of FIS", async () => {
    const { began, injections, fis } = experimentIn();
    await began();
    expect(injections()).toEqual(slow);
    fis.stop();
    await pass(2 * MINUTE);
    expect(injections()).toEqual([]);
  });

  test.each([
    ["without its layer", { layers: [] }],
    ["without its wrapper", { variables: { AWS_FIS_CONFIGURATION_LOCATION: "arn:aws:s3:::experiments/FisConfigs/" } }],
    ["with a role that may not read", { mayRead: false }],
  ])("%s does nothing, while the experiment runs and completes", async (_what, lack) => {
    const world = experimentIn(fisWorld(lack));
    const id = await world.began();
    expect(world.injections()).toEqual([]);
    expect(await world.status(id)).toBe("running");
    await pass(2 * MINUTE);
    expect(await world.status(id)).toBe("completed");
  });
});
