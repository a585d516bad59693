import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { Refused } from "../../../functions/runtime/errors.ts";
import { plan } from "../../../functions/steps/plan.ts";
import { planKey } from "../../../workflows/names.ts";
import { DRILL_TEXT, drillText, target } from "../../workflows/sample.ts";
import { runtimeFor } from "../runtime-for.ts";
import { startTables } from "../tables.ts";

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.stop());

const execution = {
  id: "arn:aws:states:x:1:execution:GameDay:day-1",
  name: "day-1",
  startedAt: "2026-11-21T09:00:00Z",
};
const drills = {
  "slow-dependency": parse(DRILL_TEXT),
  "gray-latency": parse(drillText("slow-dependency", "gray-latency")),
};

function call(input: unknown, world: Partial<Parameters<typeof runtimeFor>[0]> = {}) {
  const made = runtimeFor({ documents: tables.documents, drills, ...world });
  return { ...made, planned: plan.call({ input, execution }, made.runtime) };
}

describe("a game day's plan", () => {
  test("is made of a drill's name and kept where the safety net finds it", async () => {
    const { planned, buckets } = call({ drill: "slow-dependency", profile: "rehearsal" });
    expect(await planned).toMatchObject({ id: "day-1", drill: "slow-dependency", profile: "rehearsal", target });
    expect(JSON.parse(buckets.get("results", planKey("day-1")).toString())).toEqual(await planned);
  });

  test("needs no input: there is a default drill, in full", async () => {
    expect(await call({}).planned).toMatchObject({ drill: "gray-latency", profile: "full" });
  });

  test("is made of a whole drill in place of the name", async () => {
    const { planned } = call({ drill: parse(drillText("name: slow-dependency", "name: mine")) });
    expect(await planned).toMatchObject({ drill: "mine" });
  });
});

describe("the plan for a target whose stack is brought up", () => {
  const stack = {
    stackName: "Shop",
    templateUrl: "https://s3.local.amazonaws.com/assets/shop.json",
    roleArn: "arn:aws:iam::000000000000:role/cfn-exec",
  };
  const input = { drill: parse(drillText("target: shop", "target: shop\ndeploy: { kind: stack }")) };
  const planned = (deployed: boolean, parameters: Partial<Parameters<typeof runtimeFor>[0]>) => {
    const made = runtimeFor({ documents: tables.documents, drills, ...parameters });
    return plan.call({ input, execution, ...(deployed ? { deployed } : {}) }, made.runtime);
  };

  test("is pending as long as nothing is known but the target's name", async () => {
    const made = await planned(false, { stacks: { shop: stack }, targets: {} });
    expect(made).toMatchObject({
      pending: true,
      stack: { ...stack, allowanceSeconds: 1800 },
      deploy: { kind: "stack" },
    });
    expect(made.target).toMatchObject({ name: "shop", functions: {}, alarms: [] });
  });

  test("is made once more when the target is there, and ends no earlier or later", async () => {
    const before = await planned(false, { stacks: { shop: stack } });
    const after = await planned(true, { stacks: { shop: stack } });
    expect(after.pending).toBeUndefined();
    expect(after).toMatchObject({ target, stack, deadline: before.deadline });
    expect(after.load.url).toContain("shop.example");
  });

  test("leaves time to bring the stack up and to take it down", async () => {
    const made = await planned(false, { stacks: { shop: stack } });
    const plain = await call({ drill: "slow-dependency" }).planned;
    expect(Date.parse(made.deadline) - Date.parse(plain.deadline)).toBe(2 * 1800 * 1000);
    expect(made.patienceSeconds).toBeGreaterThanOrEqual(1800);
  });

  test("is refused for a target that has no stack, with where to add one", async () => {
    await expect(planned(false, {})).rejects.toThrow(
      'Expected a stack for target "shop" described in the SSM parameter /gameday/stacks/shop; found no such parameter. gameday\'s own stack writes it for each line of examples/ephemeral-targets.ts.',
    );
  });

  test("is refused when the drill does not fit the target that came up", async () => {
    const other = { ...target, functions: {} };
    await expect(planned(true, { stacks: { shop: stack }, targets: { shop: other } })).rejects.toThrow(Refused);
  });
});

describe("refused before anything is touched", () => {
  test.each<[string, unknown, string]>([
    ["a typo in the input", { drll: "slow-dependency" }, 'found the unknown key "drll". Nothing was touched.'],
    ["a profile that there is not", { profile: "quick" }, 'found profile "quick", which is not "full" or "rehearsal"'],
    ["a list", [{ drill: "slow-dependency" }], 'Expected an input such as {}, {"drill": "error-burst"}'],
    ["a number", 7, "found 7. Nothing was touched."],
    [
      "a drill that there is not, with those that there are",
      { drill: "slow" },
      'Expected the name of a drill: slow-dependency, gray-latency; found "slow"',
    ],
    [
      "a whole drill with mistakes, all of them",
      { drill: { ...parse(DRILL_TEXT), warmUp: "soon", baseline: 7 } },
      'warmUp: expected a duration such as 90s, 45m or 1h30m, found "soon"; baseline: expected a duration',
    ],
    [
      "windows that are too short",
      { drill: { ...parse(DRILL_TEXT), baseline: "1m" } },
      "baseline: expected at least 2m",
    ],
    [
      "a target that nobody described",
      { drill: { ...parse(DRILL_TEXT), target: "nowhere" } },
      'Expected a target "nowhere" described in the SSM parameter /gameday/targets/nowhere; found no such parameter.',
    ],
    [
      "a function that the target does not have",
      { drill: parse(drillText("function: checkout", "function: search")) },
      'faults.0.function: expected a function of target "shop" (checkout, basket), found "search"',
    ],
    [
      "a budget that the game day would exceed",
      { drill: { ...parse(DRILL_TEXT), guard: { budget: 0.01 } } },
      "guard.budget: expected at least 0.",
    ],
    [
      "a guard by an alarm that the target does not have",
      { drill: { ...parse(DRILL_TEXT), guard: { alarms: ["Nobody"] } } },
      'guard.alarms: expected alarms of target "shop" (Shop-Errors-5E6F), found "Nobody"',
    ],
  ])("%s", async (_what, input, sentence) => {
    const { planned, buckets } = call(input);
    await expect(planned).rejects.toThrow(Refused);
    await expect(planned).rejects.toThrow(sentence);
    expect(buckets.list("results").keys).toEqual([]);
  });

  test("a target whose description is broken", async () => {
    await expect(call({}, { targets: { shop: "{" } }).planned).rejects.toThrow(Refused);
    await expect(call({}, { targets: { shop: '{"name":"shop"}' } }).planned).rejects.toThrow("/gameday/targets/shop");
  });

  test("but not because the service is not allowed to be asked: that is said as it is", async () => {
    const { runtime } = call({});
    const denied = Object.assign(new Error("not authorized"), { name: "AccessDeniedException" });
    const ssm = { send: () => Promise.reject(denied) } as never;
    const asked = plan.call({ input: {}, execution }, { ...runtime, clients: { ...runtime.clients, ssm } });
    await expect(asked).rejects.toBe(denied);
  });
});
