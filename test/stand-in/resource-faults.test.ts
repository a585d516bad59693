import { describe, expect, test } from "vitest";
import { verbsOf } from "../../functions/changes/index.ts";
import { tagsOf } from "../../functions/changes/resource-tags.ts";
import type { Clients } from "../../functions/runtime/clients.ts";
import { clientOf } from "../../stand-in/aws/operation.ts";
import { targetsOf } from "../../stand-in/gameday/target.ts";
import { createIdentities } from "../../stand-in/iam/identities.ts";
import { readGraph } from "../../stand-in/read-graph.ts";
import { type FaultSpec, wordingOf } from "../../workflows/faults.ts";
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
const occasion = { gameDay: "day-1", index: 0 } as never;
const as = (state: string, spec: FaultSpec, on = plan) =>
  verbsOf(spec, on, { clients: clientsOf(state), leases }, occasion);

const releases = planOn("orders-releases");
const RELEASE: FaultSpec = { kind: "lambda-version", alias: "live", version: "$LATEST" };

const SPECS: { spec: FaultSpec; on: Plan }[] = [
  { spec: { kind: "event-source-off", eventSource: "deliveries" }, on: plan },
  { spec: { kind: "queue-impairment", queue: "deliveries", deny: ["send", "receive"] }, on: plan },
  { spec: { kind: "rule-off", rule: "to-delivery" }, on: plan },
  { spec: { kind: "api-throttle", usagePlan: "slow-api", rate: 1, burst: 1 }, on: plan },
  { spec: RELEASE, on: releases },
];

describe.each(SPECS)("$spec.kind", ({ spec, on }) => {
  test("is seen, made, proven, undone and checked by steps that may do just that", async () => {
    const { resource } = wordingOf(spec);
    expect(await tagsOf(resource!, on.target, clientsOf("Preflight"))).toMatchObject({
      "gameday:target": on.target.name,
    });
    const before = await as("Preflight", spec, on).snapshot();
    expect(await as("InjectFault", spec, on).snapshot()).toEqual(before);
    await as("InjectFault", spec, on).apply(before);
    await expect.poll(async () => (await as("ProveFault", spec, on).prove(before)).acting).toBe(true);
    expect(await as("UndoFault", spec, on).undo(before)).toEqual([]);
    for (const state of ["WatchRecovery", "VerifyRestored"]) {
      await expect.poll(async () => (await as(state, spec, on).check(before)).checks.every(({ ok }) => ok)).toBe(true);
    }
    expect(await as("RollBack", spec, on).undo(before)).toEqual([]);
  });

  test("is not made by a step that only looks", async () => {
    const before = await as("Preflight", spec, on).snapshot();
    await expect(as("ProveFault", spec, on).apply(before)).rejects.toMatchObject({ name: "AccessDeniedException" });
    expect(await as("Preflight", spec, on).snapshot()).toEqual(before);
  });
});

test("a version is deployed by Deploy, which may move aliases and change nothing else of the kind", async () => {
  const before = await as("Deploy", RELEASE, releases).snapshot();
  await as("Deploy", RELEASE, releases).apply(before);
  expect(await as("RollBack", RELEASE, releases).undo(before)).toEqual([]);
  const off: FaultSpec = { kind: "rule-off", rule: "to-delivery" };
  await expect(as("Deploy", off).snapshot()).rejects.toMatchObject({ name: "AccessDeniedException" });
});

test("a table without the tag, such as gameday's own, is refused by IAM whatever a description says", async () => {
  const [leaseTable] = graph.ofType("AWS::DynamoDB::Table").filter(({ path }) => path.includes("/Leases/"));
  const on = samplePlan({ target: { ...target, tables: { leases: leaseTable!.name } } });
  const spec: FaultSpec = { kind: "dynamodb-throttle", table: "leases", maxWriteUnits: 1 };
  const before = await as("Preflight", spec, on).snapshot();
  await expect(as("InjectFault", spec, on).apply(before)).rejects.toMatchObject({ name: "AccessDeniedException" });
});
