import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { awaitLoad } from "../../../functions/steps/await-load.ts";
import { rollBack } from "../../../functions/steps/roll-back.ts";
import { startLoad } from "../../../functions/steps/start-load.ts";
import { stopLoad } from "../../../functions/steps/stop-load.ts";
import { verifyRestored } from "../../../functions/steps/verify-restored.ts";
import { endedKey, readyKey } from "../../../workflows/names.ts";
import type { Plan } from "../../../workflows/state.ts";
import { samplePlan } from "../../workflows/sample.ts";
import { FakeEcs } from "../load/fake-ecs.ts";
import { runtimeFor } from "../runtime-for.ts";
import { startTables } from "../tables.ts";

/** The steps of the load, with the real journal, for a load of three shards. */

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.stop());

let ecs: FakeEcs;
let world: ReturnType<typeof runtimeFor>;
let plan: Plan;
let day = 0;
beforeEach(async () => {
  ecs = new FakeEcs();
  world = runtimeFor({ documents: tables.documents, ecs: ecs.client });
  plan = samplePlan({ id: `load-day-${++day}` });
  plan.load.shards = 3;
  const { leases } = world.runtime;
  await leases.release(plan.target.name, `load-day-${day - 1}`);
  await leases.acquire(plan.target.name, plan, new Date("2026-11-22T09:00:00Z"));
});

const call = (step: { call(event: unknown, runtime: never): Promise<unknown> }) =>
  step.call({ plan }, world.runtime as never) as Promise<{ done: boolean; saw: string; ok?: boolean }>;
const entry = async () => (await world.runtime.journal.read(plan.id))[0]!;
const ready = (shard: number) =>
  world.runtime.results.putJson(readyKey(plan.id, shard), { shard, readyAt: plan.startedAt, k6: "k6" });

test("StartLoad has every task in the journal when it returns", async () => {
  expect(await call(startLoad)).toEqual({ entry: "20-load" });
  expect(await entry()).toMatchObject({ state: "applied", made: ecs.tasks.map(({ arn }) => arn) });
});

test("StartLoad starts nothing once the target is not the game day's any more", async () => {
  await world.runtime.leases.release(plan.target.name, plan.id);
  await expect(call(startLoad)).rejects.toMatchObject({ name: "LeaseLost" });
  expect(ecs.tasks).toEqual([]);
});

test("AwaitLoad lets the load begin when all shards are ready", async () => {
  await call(startLoad);
  await ready(0);
  await ready(1);
  expect(await call(awaitLoad)).toMatchObject({ done: false, saw: "2 of 3 load shards ready" });
  await ready(2);
  expect(await call(awaitLoad)).toMatchObject({ done: true, saw: "load is released" });
  expect(await call(awaitLoad)).toMatchObject({ done: true, saw: "load is running" });
});

test("AwaitLoad does not wait for a task that has stopped, though a list would not show it", async () => {
  await call(startLoad);
  ecs.tasks[1]!.status = "STOPPED";
  await expect(call(awaitLoad)).rejects.toMatchObject({ name: "LoadLost" });
});

test("AwaitLoad gives up when shards are not ready in ten minutes", async () => {
  await call(startLoad);
  world.clock.time = new Date(world.clock.time.getTime() + 599_000);
  expect(await call(awaitLoad)).toMatchObject({ done: false });
  world.clock.time = new Date(world.clock.time.getTime() + 1000);
  await expect(call(awaitLoad)).rejects.toThrow("not all after 600 s");
});

test("AwaitLoad says which shard has ended before it began", async () => {
  await call(startLoad);
  await world.runtime.results.putJson(endedKey(plan.id, 2), {
    shard: 2,
    endedAt: plan.startedAt,
    exitCode: 107,
    requests: 0,
    dropped: 0,
    log: ["no such script"],
  });
  await expect(call(awaitLoad)).rejects.toThrow("load shard 2 to run");
});

test("StopLoad is done when every task has stopped, also those that no list shows any more", async () => {
  await call(startLoad);
  expect(await call(stopLoad)).toMatchObject({ done: false, saw: "3 load tasks are stopping" });
  expect(ecs.listed()).toEqual([]);
  expect(await call(stopLoad)).toMatchObject({ done: false });
  expect(await call(verifyRestored)).toMatchObject({ done: false, ok: false });
  for (const task of ecs.tasks) task.status = "STOPPED";
  expect(await call(stopLoad)).toMatchObject({ done: true, saw: "no load task runs" });
  expect(await entry()).toMatchObject({ state: "undone" });
  expect(await call(verifyRestored)).toMatchObject({ done: true, ok: true });
});

test("StopLoad finds the task of a start whose answer got lost", async () => {
  ecs.loseAnswerOf = 1;
  await expect(call(startLoad)).rejects.toThrow("lost");
  expect(await entry()).toMatchObject({ state: "intended", made: [] });
  expect(await call(stopLoad)).toMatchObject({ done: false, saw: "1 load tasks are stopping" });
  expect((await entry()).made).toEqual([ecs.tasks[0]!.arn]);
});

test("RollBack leaves the load to StopLoad: what is put back is measured under it", async () => {
  await call(startLoad);
  expect(await call(rollBack)).toMatchObject({ saw: "0 changes are back as they were" });
  expect(ecs.calls).not.toContain("StopTask");
});
