import { beforeEach, describe, expect, test } from "vitest";
import type { Scene } from "../../../functions/changes/kind.ts";
import { surge } from "../../../functions/changes/surge.ts";
import { NotProven, NotReady } from "../../../functions/runtime/errors.ts";
import { LoadOrder } from "../../../loadgen/order.ts";
import { blockKey, endedKey, loadOrderKey, loadStartKey, readyKey, surgeLoad } from "../../../workflows/names.ts";
import type { SurgeFault } from "../../../workflows/surge.ts";
import { samplePlan } from "../../workflows/sample.ts";
import { FakeEcs } from "../load/fake-ecs.ts";
import { runtimeFor } from "../runtime-for.ts";
import { placeOfFault } from "./place.ts";

const SPEC: SurgeFault = { kind: "surge", stages: [{ rate: 20, over: "1m" }] };
const LOAD = surgeLoad("day-1", 0);

let ecs: FakeEcs;
let world: ReturnType<typeof runtimeFor>;
let scene: Scene;
let made: readonly string[];
beforeEach(() => {
  ecs = new FakeEcs();
  world = runtimeFor({ documents: undefined as never, ecs: ecs.client });
  const { clients, configuration, results, clock } = world.runtime;
  const planned = { ...samplePlan().load, shards: 2 };
  made = [];
  scene = {
    clients,
    target: samplePlan().target,
    fence: async () => {},
    place: {
      ...placeOfFault({ fault: { surge: planned } }),
      configuration,
      results,
      clock,
      writeDown: async (arns) => {
        made = arns;
      },
    },
  };
});

const put = (key: string, value: object) => world.runtime.results.putJson(key, value);
const ready = (shard: number) => put(readyKey(LOAD, shard), { shard, readyAt: "2026-11-21T09:00:00Z", k6: "k6" });
const prove = () => surge.prove(SPEC, null, scene);

describe("a surge", () => {
  test("is a load of its own beside the game day's, with all its shards", async () => {
    await surge.apply(SPEC, null, scene);
    expect(ecs.tasks.map(({ environment }) => environment.GAME_DAY)).toEqual([LOAD, LOAD]);
    expect(made).toEqual(ecs.tasks.map(({ arn }) => arn));
    expect((await world.runtime.results.getJson(loadOrderKey(LOAD), LoadOrder))?.gameDay).toBe(LOAD);
  });

  test("begins when all its shards are ready, and acts once requests of it are measured", async () => {
    await surge.apply(SPEC, null, scene);
    await ready(0);
    expect(await prove()).toMatchObject({ acting: false });
    expect(world.buckets.has("results", loadStartKey(LOAD))).toBe(false);
    await ready(1);
    expect(await prove()).toMatchObject({ acting: false, evidence: ["the surge is released"] });
    const start = world.clock.time.getTime() / 1000;
    world.clock.time = new Date((start + 10) * 1000);
    expect(await prove()).toMatchObject({ acting: false });
    const block = { shard: 0, start, count: 7, failed: {}, dropped: 0, latency: {}, sealedAt: (start + 5) * 1000 };
    await put(blockKey(LOAD, start, 0), block);
    expect(await prove()).toMatchObject({ acting: true, evidence: [expect.stringContaining("7 requests")] });
  });

  test("that has ended before its undo is evidence lost, whichever shard it was", async () => {
    await surge.apply(SPEC, null, scene);
    await surge.lasts!(SPEC, null, scene);
    await put(endedKey(LOAD, 1), {
      shard: 1,
      endedAt: "2026-11-21T09:00:09Z",
      exitCode: 107,
      requests: 0,
      dropped: 0,
      log: ["out of memory"],
    });
    await expect(prove()).rejects.toThrow(NotProven);
    await expect(surge.lasts!(SPEC, null, scene)).rejects.toThrow("exit code 107: out of memory");
  });

  test("undone has ended when none of its tasks runs, and leaves the game day's own load alone", async () => {
    await surge.apply(SPEC, null, scene);
    const own = ecs.add("the game day's");
    await surge.undo(SPEC, null, scene);
    const stopping = { ...scene, place: { ...scene.place!, entry: { intendedAt: "", made: [...made] } } };
    expect(await surge.check(SPEC, null, stopping)).toMatchObject({ settled: false, checks: [{ ok: false }] });
    for (const task of ecs.tasks) if (task !== own) task.status = "STOPPED";
    expect(await surge.check(SPEC, null, stopping)).toMatchObject({ settled: true, checks: [{ ok: true }] });
    expect(own.reason).toBeUndefined();
  });

  test("that nobody has planned is refused", async () => {
    const { fault: _, ...place } = scene.place!;
    await expect(surge.apply(SPEC, null, { ...scene, place })).rejects.toThrow(NotReady);
  });
});
