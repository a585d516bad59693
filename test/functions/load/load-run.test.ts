import { beforeEach, describe, expect, test } from "vitest";
import type { Entry } from "../../../functions/journal/entry.ts";
import { LoadRun } from "../../../functions/load/load-run.ts";
import type { Clients } from "../../../functions/runtime/clients.ts";
import { LoadOrder } from "../../../loadgen/order.ts";
import { endedKey, loadOrderKey, loadStartKey, readyKey } from "../../../workflows/names.ts";
import { samplePlan } from "../../workflows/sample.ts";
import { runtimeFor } from "../runtime-for.ts";
import { FakeEcs } from "./fake-ecs.ts";

const SHARDS = 3;
const plan = samplePlan({ id: "day-1" });
plan.load.shards = SHARDS;

let ecs: FakeEcs;
let world: ReturnType<typeof runtimeFor>;
let run: LoadRun;
let fences: number;
/** The entry of the load, as far as the journal has it. */
let entry: Pick<Entry, "made">;
const record = () => ({
  entry,
  writeDown: async (made: readonly string[]) => {
    entry = { made: [...made] };
  },
});
const start = () =>
  run.start(record(), async () => {
    fences++;
  });

beforeEach(() => {
  ecs = new FakeEcs();
  world = runtimeFor({ documents: undefined as never, ecs: ecs.client as Clients["ecs"] });
  run = LoadRun.ofGameDay(plan, world.runtime);
  fences = 0;
  entry = { made: [] };
});

const put = (key: string, value: object) => world.runtime.results.putJson(key, value);
const ready = (shard: number) => put(readyKey(plan.id, shard), { shard, readyAt: plan.startedAt, k6: "k6 v2" });
const ended = (shard: number) =>
  put(endedKey(plan.id, shard), { shard, endedAt: plan.startedAt, exitCode: 0, requests: 1, dropped: 0, log: [] });

describe("a load of three shards", () => {
  test("starts a task each by one order, the target asked for before each", async () => {
    await start();
    expect(ecs.tasks.map(({ environment }) => environment)).toEqual(
      ["0", "1", "2"].map((SHARD) => ({ GAME_DAY: plan.id, SHARD })),
    );
    expect(fences).toBe(SHARDS);
    const order = await world.runtime.results.getJson(loadOrderKey(plan.id), LoadOrder);
    expect(order?.segments).toEqual(["0:1/3", "1/3:2/3", "2/3:1"]);
  });

  test("has its tasks written down, each before the next one is asked for", async () => {
    ecs.onCall = (operation) => {
      if (operation === "RunTask") expect(entry.made).toEqual(ecs.tasks.map(({ arn }) => arn));
    };
    await start();
    expect(entry.made).toEqual(ecs.tasks.map(({ arn }) => arn));
  });

  test("started once more is the same", async () => {
    await start();
    await start();
    expect(ecs.tasks).toHaveLength(SHARDS);
    expect(entry.made).toHaveLength(SHARDS);
  });

  test("is ready when all of its shards are", async () => {
    expect(await run.ready()).toBe(0);
    await ready(2);
    await ready(0);
    expect(await run.ready()).toBe(2);
    await ready(1);
    expect(await run.ready()).toBe(SHARDS);
  });

  test("begins at one moment, soon enough for all to see it before", async () => {
    expect(await run.startAt()).toBeUndefined();
    const now = new Date("2026-11-21T09:05:00Z");
    const startAt = await run.begin(now);
    expect(startAt.getTime() - now.getTime()).toBe(1500);
    expect(await run.startAt()).toEqual(startAt);
    expect(world.buckets.has("results", loadStartKey(plan.id))).toBe(true);
  });

  test("tells which of its shards have ended", async () => {
    expect(await run.ended()).toEqual([]);
    await ended(2);
    await ended(0);
    expect((await run.ended()).map(({ shard }) => shard)).toEqual([0, 2]);
  });
});

describe("its tasks", () => {
  test("are described by the ARNs in the journal, those that have stopped too, and nothing is listed", async () => {
    await start();
    ecs.tasks[1]!.status = "STOPPED";
    ecs.calls = [];
    expect((await run.tasks(entry)).map(({ lastStatus }) => lastStatus)).toEqual(["RUNNING", "STOPPED", "RUNNING"]);
    expect(ecs.calls).toEqual(["DescribeTasks"]);
  });

  test("are found by their mark where one was started and not written down, through all pages", async () => {
    ecs.pageSize = 1;
    await start();
    entry = { made: [ecs.tasks[0]!.arn] };
    expect(await run.running(entry)).toHaveLength(SHARDS);
    entry = { made: [] };
    expect(await run.running(entry)).toHaveLength(SHARDS);
  });

  test("are found also where the answer got lost", async () => {
    ecs.loseAnswerOf = 2;
    await expect(start()).rejects.toThrow("lost");
    expect(ecs.tasks).toHaveLength(2);
    expect(entry.made).toHaveLength(1);
    expect(await run.running(entry)).toHaveLength(2);
    await start();
    expect(ecs.tasks).toHaveLength(SHARDS);
    expect(entry.made).toEqual(ecs.tasks.map(({ arn }) => arn));
  });

  test("are asked for in batches, as many as ECS describes at once", async () => {
    const made = Array.from({ length: 230 }, (_, index) => `arn:task/${index}`);
    const many = LoadRun.ofGameDay({ ...plan, load: { ...plan.load, shards: made.length } }, world.runtime);
    expect(await many.tasks({ made })).toEqual([]);
    expect(ecs.described.map((arns) => arns.length)).toEqual([100, 100, 30]);
  });

  test("of another load are not among them", async () => {
    const other = LoadRun.ofSurge(plan, plan.faults[0]!, { ...plan.load, shards: 1 }, world.runtime);
    await other.start({ entry: { made: [] }, writeDown: async () => {} }, async () => {});
    expect(await run.running(entry)).toEqual([]);
    expect(await other.running({ made: [] })).toHaveLength(1);
  });
});

describe("stopped", () => {
  test("each task is told, and the load has ended when none runs", async () => {
    await start();
    ecs.tasks[0]!.status = "STOPPED";
    expect(await run.stop(record(), "it is over")).toHaveLength(2);
    expect(ecs.tasks.map(({ reason }) => reason)).toEqual([undefined, "it is over", "it is over"]);
    expect(await run.running(entry)).toHaveLength(2);
    for (const task of ecs.tasks) task.status = "STOPPED";
    expect(await run.stop(record(), "it is over")).toEqual([]);
  });

  test("a task that only its mark told is written down first: what is to stop is not listed any more", async () => {
    await start();
    entry = { made: [] };
    ecs.onCall = (operation) => {
      if (operation === "StopTask") expect(entry.made).toHaveLength(SHARDS);
    };
    await run.stop(record(), "it is over");
    expect(ecs.listed()).toEqual([]);
    expect(await run.running(entry)).toHaveLength(SHARDS);
  });

  test("a task that came after all were written down is found by its mark", async () => {
    await start();
    for (const task of ecs.tasks) task.status = "STOPPED";
    ecs.add(ecs.tasks[0]!.startedBy);
    expect(await run.running(entry)).toHaveLength(1);
    expect(await run.stop(record(), "it is over")).toHaveLength(1);
    expect(entry.made).toHaveLength(SHARDS + 1);
  });
});
