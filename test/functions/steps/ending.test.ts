import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { acquireLease } from "../../../functions/steps/acquire-lease.ts";
import { announce } from "../../../functions/steps/announce.ts";
import { findGameDay } from "../../../functions/steps/find-game-day.ts";
import { releaseLease } from "../../../functions/steps/release-lease.ts";
import { planKey, resultKey } from "../../../loadgen/keys.ts";
import type { Restored } from "../../../workflows/state.ts";
import { samplePlan, target } from "../../workflows/sample.ts";
import { sampleResult } from "../report/sample.ts";
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
  plan = samplePlan({ id: `day-${day}`, target: { ...target, name } });
});

const holder = async () => world.runtime.leases.read(plan.target.name);
const change = () => world.runtime.journal.intend(plan.id, { kind: "fault", fault: plan.faults[0]! }, null);
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

  test("gives back a target that nothing was done to", async () => {
    expect(await releaseLease.call({ plan }, world.runtime)).toEqual({ released: true });
    expect(await holder()).toBeUndefined();
  });

  test("gives back a target that was shown to be restored", async () => {
    await change();
    await restored({ ok: true });
    expect(await releaseLease.call({ plan }, world.runtime)).toEqual({ released: true });
    expect(await holder()).toBeUndefined();
  });

  test("quarantines one that was not, with what is wrong", async () => {
    await change();
    await restored({ ok: false, checks: [{ what: "SLOW_MS is as before", ok: false, detail: "it is not" }] });
    expect(await releaseLease.call({ plan }, world.runtime)).toEqual({ released: false });
    expect(await holder()).toMatchObject({ quarantine: "not restored: SLOW_MS is as before" });
  });

  test("quarantines one of which nobody knows", async () => {
    await change();
    expect(await releaseLease.call({ plan }, world.runtime)).toEqual({ released: false });
    expect(await holder()).toMatchObject({ quarantine: expect.stringContaining("could not be verified") });
  });
});

describe("FindGameDay", () => {
  const find = () => findGameDay.call({ execution: plan.id, status: "ABORTED" }, world.runtime);

  test("finds nothing to do for an execution that never made a plan", async () => {
    expect(await find()).toEqual({ needed: false });
  });

  test("is needed while the game day holds its target, and hands on how it ended", async () => {
    await world.runtime.results.putJson(planKey(plan.id), plan);
    await acquireLease.call({ plan }, world.runtime);
    expect(await find()).toEqual({ needed: true, plan, interruption: { status: "ABORTED" } });
  });

  test("is not needed once that has cleaned up by itself, nor where people have to look", async () => {
    await world.runtime.results.putJson(planKey(plan.id), plan);
    expect(await find()).toMatchObject({ needed: false });
    await world.runtime.leases.quarantine(plan.target.name, plan.id, "not restored");
    expect(await find()).toMatchObject({ needed: false });
  });

  test("leaves the next game day's target alone", async () => {
    await world.runtime.results.putJson(planKey(plan.id), plan);
    await acquireLease.call({ plan: { ...plan, id: `${plan.id}-next` } }, world.runtime);
    expect(await find()).toMatchObject({ needed: false });
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

  test("keeps to the length that SNS allows", async () => {
    plan = { ...plan, drill: "x".repeat(200) };
    expect((await tell({})).Subject!.length).toBeLessThanOrEqual(100);
  });
});
