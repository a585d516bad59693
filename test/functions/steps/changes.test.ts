import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { NotRestored } from "../../../functions/runtime/errors.ts";
import { deploy } from "../../../functions/steps/deploy.ts";
import { injectFault } from "../../../functions/steps/inject-fault.ts";
import { proveFault } from "../../../functions/steps/prove-fault.ts";
import { rollBack } from "../../../functions/steps/roll-back.ts";
import { undoFault } from "../../../functions/steps/undo-fault.ts";
import { verifyRestored } from "../../../functions/steps/verify-restored.ts";
import { resultKey } from "../../../workflows/names.ts";
import type { Restored } from "../../../workflows/state.ts";
import { samplePlan } from "../../workflows/sample.ts";
import { FakeLambda } from "../changes/fake-lambda.ts";
import { runtimeFor } from "../runtime-for.ts";
import { startTables } from "../tables.ts";

/** The steps that change something, with the real journal: what is there afterwards, whatever happened on the way. */

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.stop());

const BEFORE = { TABLE_NAME: "orders", SLOW_SHARE: "" };
const FAULT = { SLOW_MS: "250", SLOW_SHARE: "0.33" };

let lambda: FakeLambda;
let world: ReturnType<typeof runtimeFor>;
let plan: ReturnType<typeof samplePlan>;
let day = 0;
beforeEach(async () => {
  lambda = new FakeLambda(BEFORE);
  world = runtimeFor({ documents: tables.documents, lambda });
  const { leases } = world.runtime;
  plan = samplePlan({ id: `day-${++day}` });
  await leases.release(plan.target.name, `day-${day - 1}`);
  await leases.acquire(plan.target.name, plan, new Date("2026-11-22T09:00:00Z"));
});

const fault = () => plan.faults[0]!;
const inject = () => injectFault.call({ plan, fault: fault() }, world.runtime);
const prove = () => proveFault.call({ plan, fault: fault() }, world.runtime);
const undo = () => undoFault.call({ plan, fault: fault() }, world.runtime);
const back = () => rollBack.call({ plan }, world.runtime);
const verify = () => verifyRestored.call({ plan }, world.runtime);
const restored = () =>
  JSON.parse(world.buckets.get("results", resultKey(plan.id, "restored.json")).toString()) as Restored;
const entry = async () => (await world.runtime.journal.read(plan.id))[0]!;

describe("InjectFault", () => {
  test("writes down what stood before it changes anything", async () => {
    lambda.fate = () => {
      if (lambda.written.length > 0) throw new Error("written too early");
      return "answered";
    };
    expect(await inject()).toEqual({ entry: "30-fault-00" });
    expect(lambda.variables).toEqual({ TABLE_NAME: "orders", ...FAULT });
    expect(await entry()).toMatchObject({
      state: "applied",
      before: { checkout: { variables: { SLOW_MS: null, SLOW_SHARE: "" } } },
    });
  });

  test("repeated does not take the faulted state for what stood before", async () => {
    await inject();
    await inject();
    await undo();
    expect(lambda.variables).toEqual(BEFORE);
  });

  test("repeated after its answer got lost makes the change once", async () => {
    const calls: string[] = [];
    lambda.fate = () => {
      calls.push("");
      return calls.length === 3 ? "answer lost" : "answered";
    };
    await expect(inject()).rejects.toThrow();
    await inject();
    expect(lambda.written).toHaveLength(1);
    await undo();
    expect(lambda.variables).toEqual(BEFORE);
  });
});

describe("ProveFault", () => {
  test("is done once the change is in effect, and remembers since when", async () => {
    await inject();
    lambda.updateStatus = "InProgress";
    expect(await prove()).toMatchObject({ done: false });
    lambda.updateStatus = "Successful";
    world.clock.time = new Date("2026-11-21T09:00:07Z");
    expect(await prove()).toMatchObject({ done: true, inEffectAt: "2026-11-21T09:00:07.000Z" });
    world.clock.time = new Date("2026-11-21T09:01:00Z");
    expect(await prove()).toMatchObject({ done: true, inEffectAt: "2026-11-21T09:00:07.000Z" });
  });

  test("gives up on what does not come into effect: without proof there is no game day", async () => {
    await inject();
    lambda.updateStatus = "InProgress";
    world.clock.time = new Date("2026-11-21T09:03:01Z");
    await expect(prove()).rejects.toMatchObject({ name: "NotProven" });
  });
});

describe("UndoFault", () => {
  test("puts back, once", async () => {
    await inject();
    expect(await undo()).toEqual({ conflicts: 0 });
    expect(await undo()).toEqual({ conflicts: 0 });
    expect(lambda.variables).toEqual(BEFORE);
    expect(lambda.written).toHaveLength(2);
    expect(await entry()).toMatchObject({ state: "undone" });
  });

  test("of a fault that was never injected is not made up", async () => {
    await expect(undo()).rejects.toMatchObject({ name: "NotProven" });
  });
});

describe("RollBack", () => {
  test("has nothing to do where nothing was changed", async () => {
    expect(await back()).toMatchObject({ done: true, saw: "0 changes are back as they were" });
  });

  test("puts back everything, the newest first", async () => {
    plan = { ...plan, deploy: { kind: "configuration", function: "checkout", set: { SLOW_MS: "10" } } };
    await deploy.call({ plan }, world.runtime);
    await inject();
    expect(lambda.variables).toMatchObject(FAULT);
    await back();
    expect(lambda.variables).toEqual(BEFORE);
  });

  test("finds also what was written down but perhaps not made", async () => {
    let calls = 0;
    lambda.fate = () => (++calls === 3 ? "answer lost" : "answered");
    await expect(inject()).rejects.toThrow();
    expect((await entry()).state).toBe("intended");
    await back();
    expect(lambda.variables).toEqual(BEFORE);
  });

  test("looks again at what was undone already: a step that was given up on may have acted since", async () => {
    await inject();
    await undo();
    lambda.edit(FAULT);
    await back();
    expect(lambda.variables).toEqual(BEFORE);
  });

  test("leaves the time of an undo alone that was done already: detection is counted up to it", async () => {
    await inject();
    await undo();
    const { undoneAt } = await entry();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await back();
    expect((await entry()).undoneAt).toBe(undoneAt);
  });

  test("names no conflict about a change that was never made", async () => {
    let calls = 0;
    lambda.fate = () => {
      if (++calls < 2) return "answered";
      throw Object.assign(new Error("busy"), { name: "ServiceException", $fault: "server" });
    };
    await expect(inject()).rejects.toThrow();
    lambda.fate = () => "answered";
    lambda.variables = { ...BEFORE, SLOW_MS: "from somebody else" };
    await back();
    expect(lambda.variables).toMatchObject({ SLOW_MS: "from somebody else" });
    expect(await entry()).toMatchObject({ state: "undone", conflicts: [] });
  });

  test("comes again until nobody can be at it any more: a step that was given up on may still act", async () => {
    await inject();
    let look = (await back()) as { done: boolean; waitSeconds: number; since: string };
    lambda.edit(FAULT);
    const waits: number[] = [];
    while (!look.done) {
      waits.push(look.waitSeconds);
      world.clock.time = new Date(world.clock.time.getTime() + look.waitSeconds * 1000);
      const failure = { Error: "States.Timeout" };
      look = (await rollBack.call({ plan, failure, rolledBack: look }, world.runtime)) as typeof look;
      expect(lambda.variables).toEqual(BEFORE);
    }
    // Each time after as long again as it has taken so far, and once more in the end.
    expect(waits).toEqual([10, 10, 20, 40, 50]);
    expect(plan.stragglerSeconds).toBe(130);
  });

  test("writes once more what a failed update left out of effect", async () => {
    await inject();
    await undo();
    lambda.updateStatus = "Failed";
    const writes = lambda.written.length;
    await back();
    expect(lambda.written.length).toBe(writes + 1);
  });

  test("gives up when patience ends, and says what is left", async () => {
    await inject();
    lambda.fate = () => "lost";
    const rolledBack = { since: new Date(world.clock.time.getTime() - plan.patienceSeconds * 1000).toISOString() };
    await expect(rollBack.call({ plan, rolledBack }, world.runtime)).rejects.toThrow(NotRestored);
  });

  test("touches nothing of a target that another game day holds by now", async () => {
    await inject();
    const { leases } = world.runtime;
    await leases.release(plan.target.name, plan.id);
    await leases.acquire(plan.target.name, { ...plan, id: "another" }, new Date("2026-11-22T09:00:00Z"));
    await expect(back()).rejects.toThrow("another holds it");
    expect(lambda.variables).toMatchObject(FAULT);
    await leases.release(plan.target.name, "another");
  });

  test("takes a deployment back as well", async () => {
    plan = samplePlan({
      id: plan.id,
      deploy: { kind: "configuration", function: (fault().spec as { function: string }).function, set: FAULT },
    });
    await deploy.call({ plan }, world.runtime);
    expect(lambda.variables).toEqual({ ...BEFORE, ...FAULT });
    await back();
    expect(lambda.variables).toEqual(BEFORE);
  });

  test("one change that cannot be put back does not keep the others from being tried, and is named", async () => {
    await inject();
    await injectFault.call(
      { plan, fault: { ...fault(), index: 1, spec: { ...fault().spec, set: { OTHER: "1" } } } } as never,
      world.runtime,
    );
    let calls = 0;
    lambda.fate = () => (++calls === 1 ? "lost" : "answered");
    expect(await back()).toMatchObject({ done: false, saw: expect.stringContaining("30-fault-01") });
    expect(lambda.variables).toEqual({ ...BEFORE, OTHER: "1" });
    await back();
    expect(lambda.variables).toEqual(BEFORE);
  });
});

describe("VerifyRestored", () => {
  test("certifies what reads as before and is in effect", async () => {
    await inject();
    await undo();
    expect(await verify()).toMatchObject({ done: true, ok: true, saw: "2 checks, all as before" });
    expect(restored()).toMatchObject({ ok: true, byHand: [], conflicts: [] });
  });

  test("waits for an update that is under way", async () => {
    await inject();
    await undo();
    lambda.updateStatus = "InProgress";
    expect(await verify()).toMatchObject({ done: false, ok: false });
    lambda.updateStatus = "Successful";
    expect(await verify()).toMatchObject({ done: true, ok: true });
  });

  test("does not wait for ever, and says how to do it by hand", async () => {
    await inject();
    await undo();
    lambda.updateStatus = "InProgress";
    const since = world.clock.time.toISOString();
    world.clock.time = new Date(Date.parse(since) + plan.patienceSeconds * 1000);
    const last = await verifyRestored.call({ plan, restored: { since } }, world.runtime);
    expect(last).toMatchObject({ done: true, ok: false });
    expect(restored().byHand.join("\n")).toContain("aws lambda update-function-configuration");
  });

  test("does not call restored what was not undone", async () => {
    await inject();
    expect(await verify()).toMatchObject({ done: false, ok: false });
    expect(restored().checks.map(({ detail }) => detail)).toContain("still the fault's value");
  });

  test("does not call restored what it cannot look at", async () => {
    await inject();
    await undo();
    lambda.fate = () => {
      throw Object.assign(new Error("no such function"), { name: "ResourceNotFoundException" });
    };
    expect(await verify()).toMatchObject({ done: false, ok: false });
    expect(restored().checks).toMatchObject([{ what: "30-fault-00 can be looked at", ok: false }]);
  });

  test("names what somebody else changed meanwhile, without calling it unrestored", async () => {
    await inject();
    lambda.edit({ SLOW_MS: "9" });
    await undo();
    expect(await verify()).toMatchObject({ ok: true });
    expect(restored().conflicts).toEqual([{ what: "SLOW_MS of checkout", ours: "250", found: "another value" }]);
  });
});
