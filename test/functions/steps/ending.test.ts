import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { keepAnnouncement } from "../../../functions/runtime/announcement.ts";
import { Unfinished } from "../../../functions/runtime/errors.ts";
import { acquireLease } from "../../../functions/steps/acquire-lease.ts";
import { announce } from "../../../functions/steps/announce.ts";
import { findGameDays } from "../../../functions/steps/find-game-days.ts";
import { releaseLease } from "../../../functions/steps/release-lease.ts";
import { planKey, resultKey } from "../../../workflows/names.ts";
import type { Restored } from "../../../workflows/state.ts";
import { sampleResult } from "../../report/sample.ts";
import { samplePlan, target } from "../../workflows/sample.ts";
import { runtimeFor } from "../runtime-for.ts";
import { startTables } from "../tables.ts";

/** How a game day lets go of its target, and how the safety net finds one that did not. */

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.stop());

let world: ReturnType<typeof runtimeFor>;
let plan: ReturnType<typeof samplePlan>;
let day = 0;
beforeEach(() => {
  world = runtimeFor({ documents: tables.documents });
  const name = `shop-${++day}`;
  plan = samplePlan({
    id: `day-${day}`,
    target: { ...target, name },
    executionArn: `arn:aws:states:local:0:execution:GameDay:${day}`,
  });
});

const holder = async () => world.runtime.leases.read(plan.target.name);
const restored = (changes: Partial<Restored>) =>
  world.runtime.results.putJson(resultKey(plan.id, "restored.json"), {
    ok: true,
    checks: [],
    conflicts: [],
    byHand: [],
    ...changes,
  } satisfies Restored);

describe("ReleaseLease", () => {
  beforeEach(() => acquireLease.call({ plan }, world.runtime));
  const announced = { reported: true };
  const release = (state: object) => releaseLease.call({ plan, announced, ...state }, world.runtime);

  test("gives back a target that was shown to be restored", async () => {
    expect(await release({ restored: { done: true, ok: true } })).toEqual({ released: true });
    expect(await holder()).toBeUndefined();
  });

  test("quarantines one that was not, with what is wrong", async () => {
    await restored({ ok: false, checks: [{ what: "SLOW_MS is as before", ok: false, detail: "it is not" }] });
    expect(await release({ restored: { done: true, ok: false } })).toEqual({ released: false });
    expect(await holder()).toMatchObject({ quarantine: "not restored: SLOW_MS is as before" });
  });

  test("keeps one of which nobody knows for the safety net, whatever an earlier look has written", async () => {
    await restored({ ok: true });
    await expect(release({})).rejects.toThrow(Unfinished);
    expect(await holder()).toMatchObject({ holder: plan.id });
  });

  test("quarantines it when five safety nets did not come to know it", async () => {
    for (let net = 1; net <= 5; net++) await world.runtime.leases.takeOver((await holder())!, `net-${net}`);
    await expect(release({})).rejects.toThrow(Unfinished);
    expect(await holder()).toMatchObject({ quarantine: expect.stringContaining("could not be verified") });
  });

  test("keeps one whose report nobody was told of", async () => {
    const restored = { done: true, ok: true };
    await expect(release({ restored, announced: undefined })).rejects.toThrow("no report that was announced");
    await expect(release({ restored, announced: { reported: false } })).rejects.toThrow(Unfinished);
    expect(await holder()).toMatchObject({ holder: plan.id });
  });
});

describe("FindGameDays", () => {
  const find = (safetyNet = "net-1") =>
    findGameDays.call({ cause: { execution: plan.id, status: "ABORTED" }, safetyNet }, world.runtime);
  const sweep = () => findGameDays.call({ cause: { sweep: true }, safetyNet: "sweep" }, world.runtime);
  beforeEach(async () => {
    await world.runtime.results.putJson(planKey(plan.id), plan);
    world.executions.clear();
    for (const { target: other, holder: of } of await world.runtime.leases.all()) {
      await world.runtime.leases.release(other, of);
    }
  });

  test("finds nothing for an execution that never made a plan", async () => {
    const cause = { execution: "never-planned", status: "FAILED" };
    const found = await findGameDays.call({ cause, safetyNet: "net-1" }, world.runtime);
    expect(found).toMatchObject({ found: [], again: false });
  });

  test("finds a game day that still holds its target, and hands on how it ended", async () => {
    await acquireLease.call({ plan }, world.runtime);
    expect(await find()).toMatchObject({ found: [{ plan, interruption: { status: "ABORTED" } }] });
    expect(await holder()).toMatchObject({ cleaner: "net-1", cleanUps: 1 });
  });

  test("finds it for one safety net only, and for that as often as it asks", async () => {
    await acquireLease.call({ plan }, world.runtime);
    await find("net-1");
    world.executions.set("net-1", "RUNNING");
    expect(await find("net-2")).toMatchObject({ found: [] });
    expect(await find("net-1")).toMatchObject({ found: [{}] });
    world.executions.set("net-1", "ABORTED");
    expect(await find("net-2")).toMatchObject({ found: [{}] });
  });

  test("looks again for one that holds nothing: a step that was given up on may take the lease yet", async () => {
    expect(await find()).toMatchObject({ found: [], again: true, waitSeconds: plan.stragglerSeconds });
  });

  test("leaves a quarantined target to people once they were told", async () => {
    await acquireLease.call({ plan }, world.runtime);
    await world.runtime.leases.quarantine(plan.target.name, plan.id, "not restored");
    expect(await find()).toMatchObject({ found: [{}] });
    await keepAnnouncement(plan, { headline: "NOT RESTORED", reported: true }, world.runtime);
    expect(await find()).toMatchObject({ found: [], again: false });
  });

  test("leaves the next game day's target alone", async () => {
    await acquireLease.call({ plan: { ...plan, id: `${plan.id}-next` } }, world.runtime);
    expect(await find()).toMatchObject({ found: [], again: false });
  });

  test("a sweep finds game days that are gone, and no other", async () => {
    await acquireLease.call({ plan }, world.runtime);
    world.executions.set(plan.executionArn, "RUNNING");
    expect(await sweep()).toMatchObject({ found: [] });
    world.executions.set(plan.executionArn, "TIMED_OUT");
    expect(await sweep()).toMatchObject({ found: [{ plan, interruption: { status: "TIMED_OUT" } }] });
  });

  test("a sweep stops a game day that is over its deadline", async () => {
    await acquireLease.call({ plan }, world.runtime);
    world.executions.set(plan.executionArn, "RUNNING");
    world.clock.time = new Date(Date.parse(plan.deadline) + 2000);
    expect((await sweep()) as object).toMatchObject({ found: [{ interruption: { status: "OVERDUE" } }] });
    expect(world.executions.get(plan.executionArn)).toBe("ABORTED");
  });
});

describe("Announce", () => {
  const tell = async (changes: Parameters<typeof sampleResult>[0]) => {
    await world.runtime.results.putJson(resultKey(plan.id, "result.json"), sampleResult(changes));
    await announce.call({ plan }, world.runtime);
    return world.announced[0]!;
  };

  test("tells the answer in one sentence, and where the report is", async () => {
    const { Subject, Message } = await tell({ sentence: "Passed: it noticed." });
    expect(Subject).toBe(`gameday ${plan.drill} on ${plan.target.name}: passed`);
    expect(Message).toBe(`Passed: it noticed.\n\nReport: s3://results/game-days/${plan.id}/report.html`);
  });

  test("tells people first of all what was not put back, and the commands that do it", async () => {
    const byHand = ["aws lambda update-function-configuration"];
    const { Subject, Message } = await tell({ restored: { ok: false, checks: [], conflicts: [], byHand } });
    expect(Subject).toContain("NOT RESTORED");
    expect(Message).toContain("To put back by hand:\naws lambda update-function-configuration");
  });

  test("says so when there is no result", async () => {
    await announce.call({ plan }, world.runtime);
    expect(world.announced[0]).toMatchObject({
      Subject: expect.stringContaining("no result"),
      Message: expect.stringContaining(plan.executionArn),
    });
  });

  test("says it once, however many safety nets come", async () => {
    await tell({});
    await announce.call({ plan }, world.runtime);
    expect(world.announced).toHaveLength(1);
  });

  test("keeps to the length that SNS allows", async () => {
    plan = { ...plan, drill: "x".repeat(200) };
    expect((await tell({})).Subject!.length).toBeLessThanOrEqual(100);
  });
});
