import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { FaultWindow } from "../../../functions/detectors/fault-window.ts";
import { selfHealing } from "../../../functions/detectors/self-healing.ts";
import { injectFault } from "../../../functions/steps/inject-fault.ts";
import { undoFault } from "../../../functions/steps/undo-fault.ts";
import { samplePlan } from "../../workflows/sample.ts";
import { FakeLambda } from "../changes/fake-lambda.ts";
import { runtimeFor } from "../runtime-for.ts";
import { startTables } from "../tables.ts";

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.stop());

const NINE = Date.parse("2026-11-21T09:00:00Z");
let lambda: FakeLambda;
let world: ReturnType<typeof runtimeFor>;
let plan: ReturnType<typeof samplePlan>;
let day = 0;
beforeEach(async () => {
  lambda = new FakeLambda({ TABLE_NAME: "orders" });
  world = runtimeFor({ documents: tables.documents, lambda });
  const { leases } = world.runtime;
  plan = samplePlan({ id: `healing-${++day}` });
  await leases.release(plan.target.name, `healing-${day - 1}`);
  await leases.acquire(plan.target.name, plan, new Date("2026-11-22T09:00:00Z"));
  await injectFault.call({ plan, fault: plan.faults[0]! }, world.runtime);
});

function ask(over: boolean, atSeconds: number) {
  world.clock.time = new Date(NINE + atSeconds * 1000);
  const window: FaultWindow = {
    plan,
    fault: plan.faults[0]!,
    baseline: [],
    baselineFrom: NINE,
    inEffectAt: NINE,
    faultUntil: NINE + 900_000,
    listenUntil: NINE + 1_000_000,
    over,
  };
  return selfHealing(window, world.runtime, {});
}

test("a system that takes the fault away before its undo has healed itself, whoever looks later", async () => {
  expect(await ask(false, 30)).toMatchObject({ outcome: "not-detected", detail: "the fault still acts" });
  lambda.edit({ SLOW_MS: undefined, SLOW_SHARE: undefined } as never);
  expect(await ask(false, 60)).toMatchObject({ outcome: "detected", detectedAt: NINE + 60_000 });
  await undoFault.call({ plan, fault: plan.faults[0]! }, world.runtime);
  expect(await ask(true, 900)).toMatchObject({ outcome: "detected", detectedAt: NINE + 60_000 });
});

test("a fault that only its undo took away did not heal", async () => {
  await ask(false, 60);
  await undoFault.call({ plan, fault: plan.faults[0]! }, world.runtime);
  expect(await ask(true, 900)).toMatchObject({ outcome: "not-detected" });
});
