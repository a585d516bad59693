import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Ending } from "../../stand-in/aws/step-functions/state-machine.ts";
import { type HostedRegion, startRegion } from "../../stand-in/hosted-region.ts";
import { ordersOnly } from "./templates.ts";

/** What somebody types into the console's field, through the real state machine and its first step. */

let region: HostedRegion;
let machineArn: string;
beforeAll(async () => {
  region = await startRegion({ assembly: ordersOnly(), k6Path: "/nowhere/k6" });
  machineArn = region.graph
    .ofType("AWS::StepFunctions::StateMachine")
    .find(({ path }) => path.startsWith("GameDay/GameDay/"))!.arn!;
});
afterAll(async () => {
  // The safety nets of those that were stopped would wait for minutes.
  for (const execution of region.executions.values()) execution.stop();
  await region.quiet();
  await region.stop();
});

let day = 0;
async function run(input: unknown): Promise<Ending & { states: string[] }> {
  const execution = region.start(machineArn, `typed-${++day}`, input);
  const ending = await execution.ended;
  const states = execution.history.filter(({ type }) => type.endsWith("StateEntered")).map(({ state }) => state ?? "");
  return { ...ending, states };
}

/** Runs until the target is taken, which is as far as a good input matters. */
async function runUntilTaken(input: unknown): Promise<object> {
  const execution = region.start(machineArn, `typed-${++day}`, input);
  while (execution.status === "RUNNING" && !execution.history.some(({ state }) => state === "Preflight")) {
    await new Promise((done) => setTimeout(done, 5));
  }
  execution.stop();
  const { output } = execution.history.find(({ type, state }) => type === "TaskStateExited" && state === "Plan") ?? {};
  const { holder } = (await region.leases!.read("orders"))!;
  await region.leases!.release("orders", holder);
  return (output as { plan: object }).plan;
}

const text = readFileSync(new URL("../../workflows/drills/control.yaml", import.meta.url), "utf8");
const control = parse(text) as object;

describe("an input that is right", () => {
  test.each<[string, unknown, object]>([
    ["nothing", {}, { drill: "gray-latency", profile: "full" }],
    ["the name of a drill", { drill: "error-burst" }, { drill: "error-burst", profile: "full" }],
    ["the short durations", { drill: "control", profile: "rehearsal" }, { drill: "control", profile: "rehearsal" }],
    ["a whole drill", { drill: { ...control, name: "mine" } }, { drill: "mine", profile: "full" }],
  ])("%s", async (_what, input, plan) => {
    expect(await runUntilTaken(input)).toMatchObject(plan);
  });

  test("each example in the state machine's comment", async () => {
    const { Comment } = JSON.parse(
      readFileSync(new URL("../../workflows/game-day.asl.json", import.meta.url), "utf8"),
    ) as { Comment: string };
    const examples = Comment.match(/\{"[^}]*\}|\{\}/g)!.filter((example) => !example.includes("…"));
    expect(examples.length).toBeGreaterThanOrEqual(3);
    for (const example of examples) expect(await runUntilTaken(JSON.parse(example))).toMatchObject({ target: {} });
  });
});

describe("an input that is wrong ends the execution at once, in a sentence of what was expected and found", () => {
  const SHAPE = 'Expected an input such as {}, {"drill": "error-burst"} or';
  test.each<[string, unknown, string[]]>([
    ["an unknown key", { drll: "control" }, [SHAPE, 'found the unknown key "drll"']],
    [
      "a drill that there is not",
      { drill: "controll" },
      ["Expected the name of a drill: api-throttle, bad-release, control, ", '"controll"'],
    ],
    ["a wrong profile", { profile: "quick" }, [SHAPE, 'found profile "quick", which is not "full" or "rehearsal"']],
    ["a list", ["control"], [SHAPE, 'found ["control"]']],
    ["a number", 7, [SHAPE, "found 7"]],
    ["text", "control", [SHAPE, 'found "control"']],
    ["null", null, [SHAPE, "found null"]],
    [
      "a drill with mistakes, all of them",
      { drill: { ...control, warmUp: "soon", title: 7 } },
      [
        "Expected the drill to be in order",
        'warmUp: expected a duration such as 90s, 45m or 1h30m, found "soon"',
        "title",
      ],
    ],
    ["a drill that is none", { drill: {} }, ["Expected the drill to be in order", "name: missing"]],
  ])("%s", async (_what, input, sentences) => {
    const { status, error, cause, states } = await run(input);
    expect({ status, error }).toEqual({ status: "FAILED", error: "Refused" });
    for (const sentence of sentences) expect(cause).toContain(sentence);
    expect(states).not.toContain("AcquireLease");
    expect(states.at(-1)).toBe("Refused");
  });

  test("and nobody is troubled: nothing is announced, and the safety net finds nothing to do", async () => {
    const before = region.aws.published.length;
    await run({ drll: 1 });
    await region.quiet();
    expect(region.aws.published.length).toBe(before);
    for (const execution of region.executions.values()) {
      if (execution.machineArn !== machineArn) expect((await execution.ended).status).toBe("SUCCEEDED");
    }
  });
});
