import { describe, expect, test } from "vitest";
import { tagsOf } from "../../functions/changes/resource-tags.ts";
import { changeIn, snapshotOf } from "../../functions/changes/verbs.ts";
import { type Change, Entry, entryId, faultChange } from "../../functions/journal/entry.ts";
import type { Clients } from "../../functions/runtime/clients.ts";
import { clientOf } from "../../stand-in/aws/operation.ts";
import { targetsOf } from "../../stand-in/gameday/target.ts";
import { createIdentities } from "../../stand-in/iam/identities.ts";
import { readGraph } from "../../stand-in/read-graph.ts";
import type { FaultSpec } from "../../workflows/faults.ts";
import { resourcesIn } from "../../workflows/resources.ts";
import type { Plan } from "../../workflows/state.ts";
import { samplePlan } from "../workflows/sample.ts";
import { servicesOf } from "./services-of.ts";
import { assembly } from "./templates.ts";

/** Faults beside functions, on the example systems as synthesised, each verb as the role of its step may. */

const graph = readGraph(assembly(), "salt");
const identities = createIdentities(graph);
const { services } = servicesOf(graph, { identities, pace: { updateMs: 1, experimentMs: 1 } });
const targets = targetsOf(graph);
const planOn = (target: string) => samplePlan({ target: targets.get(target)! });
const plan = planOn("notifications-flow-control");
const { target } = plan;

/** What the step of a state may call. */
function clientsOf(state: string): Clients {
  const fn = graph.ofType("AWS::Lambda::Function").find(({ path }) => path === `GameDay/${state}/Function/Resource`)!;
  const identity = identities.of(String(fn.properties.Role));
  const invocation = { step: state, state, input: {}, over: false };
  const gate = { identity, identities, interfere: (_: unknown, make: () => Promise<unknown>) => make() };
  return Object.fromEntries(
    Object.entries(services).map(([name, { operations }]) => [
      name,
      clientOf(operations, invocation, { ...gate, service: name }),
    ]),
  ) as unknown as Clients;
}
const leases = { mayChange: async () => {}, mayUndo: async () => {} } as never;
const clock = { now: () => new Date() };
const toFault = (spec: FaultSpec, { faults }: Plan) => faultChange({ ...faults[0]!, index: 0, spec });

/** The verbs of a change as a step may use them, with the snapshot at hand. */
function as(state: string, change: Change, on: Plan = plan) {
  const runtime = { clients: clientsOf(state), leases, clock } as never;
  const entry = (before: Entry["before"]) =>
    Entry.parse({ gameDay: on.id, id: entryId(change), change, before, state: "applied", intendedAt: on.startedAt });
  const verbs = (before: Entry["before"]) => changeIn(entry(before), on, runtime);
  return { snapshot: () => snapshotOf(change, on, runtime), verbs };
}

const releases = planOn("orders-releases");

const SPECS: { spec: FaultSpec; on: Plan }[] = [
  { spec: { kind: "event-source-off", eventSource: "deliveries" }, on: plan },
  { spec: { kind: "queue-impairment", queue: "deliveries", deny: ["send", "receive"] }, on: plan },
  { spec: { kind: "rule-off", rule: "to-delivery" }, on: plan },
  { spec: { kind: "api-throttle", usagePlan: "slow-api", rate: 1, burst: 1 }, on: plan },
  { spec: { kind: "lambda-version", alias: "live", version: "$LATEST" }, on: releases },
];

describe.each(SPECS)("$spec.kind", ({ spec, on }) => {
  const change = toFault(spec, on);

  test("is seen, made, proven, undone and checked by steps that may do just that", async () => {
    const [resource] = resourcesIn(spec);
    expect(await tagsOf(resource!, on.target, clientsOf("Preflight"))).toMatchObject({
      "gameday:target": on.target.name,
    });
    const before = await as("Preflight", change, on).snapshot();
    expect(await as("InjectFault", change, on).snapshot()).toEqual(before);
    await as("InjectFault", change, on).verbs(before).apply();
    await expect.poll(async () => (await as("ProveFault", change, on).verbs(before).prove()).acting).toBe(true);
    expect(await as("UndoFault", change, on).verbs(before).undo()).toEqual([]);
    for (const state of ["WatchRecovery", "VerifyRestored"]) {
      await expect
        .poll(async () => (await as(state, change, on).verbs(before).check()).checks.every(({ ok }) => ok))
        .toBe(true);
    }
    expect(await as("RollBack", change, on).verbs(before).undo()).toEqual([]);
  });

  test("is not made by a step that only looks", async () => {
    const before = await as("Preflight", change, on).snapshot();
    await expect(as("ProveFault", change, on).verbs(before).apply()).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
    expect(await as("Preflight", change, on).snapshot()).toEqual(before);
  });
});

test("a version is deployed by Deploy, which may move aliases and change nothing else of the kind", async () => {
  const deployment: Change = { kind: "deployment", deployment: { kind: "version", alias: "live", version: "$LATEST" } };
  const before = await as("Deploy", deployment, releases).snapshot();
  await as("Deploy", deployment, releases).verbs(before).apply();
  expect(await as("RollBack", deployment, releases).verbs(before).undo()).toEqual([]);
  const off = toFault({ kind: "rule-off", rule: "to-delivery" }, plan);
  await expect(as("Deploy", off).snapshot()).rejects.toMatchObject({ name: "AccessDeniedException" });
});

test("a table without the tag, such as gameday's own, is refused by IAM whatever a description says", async () => {
  const [leaseTable] = graph.ofType("AWS::DynamoDB::Table").filter(({ path }) => path.includes("/Leases/"));
  const on = samplePlan({ target: { ...target, tables: { leases: leaseTable!.name } } });
  const change = toFault({ kind: "dynamodb-throttle", table: "leases", maxWriteUnits: 1 }, on);
  const before = await as("Preflight", change, on).snapshot();
  await expect(as("InjectFault", change, on).verbs(before).apply()).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
});
