import { readdirSync, readFileSync, statSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

/** What AWS gets: `node infra/bundle.ts` made it before the tests ran. */
const steps = new URL("../../dist/steps/", import.meta.url);
const names = readdirSync(steps);

const ENVIRONMENT = {
  AWS_REGION: "eu-central-1",
  JOURNAL_TABLE: "journal",
  LEASE_TABLE: "leases",
  RESULTS_BUCKET: "results",
  CLUSTER_ARN: "arn:aws:ecs:eu-central-1:000000000000:cluster/load",
  TASK_DEFINITION_ARN: "arn:aws:ecs:eu-central-1:000000000000:task-definition/load:1",
  LOAD_CONTAINER: "k6",
  SUBNET_IDS: "subnet-1,subnet-2",
  SECURITY_GROUP_ID: "sg-1",
  TOPIC_ARN: "arn:aws:sns:eu-central-1:000000000000:topic",
  EXPERIMENT_ROLE_ARN: "arn:aws:iam::000000000000:role/experiments",
  EXPERIMENT_LOCATION: "arn:aws:s3:::experiments/FisConfigs/",
};

/** Loads a bundle anew, as a cold start does. */
const load = (name: string, start: string) =>
  import(/* @vite-ignore */ `${new URL(`${name}/index.mjs`, steps).href}?${start}`) as Promise<{ handler: unknown }>;

describe("the bundle of a step", () => {
  beforeEach(() => {
    for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  test.each(names)("%s loads in Node as it is and has a handler", async (name) => {
    const { handler } = await load(name, "whole");
    expect(handler).toBeTypeOf("function");
  });

  test("names the variable that is missing before it does anything", async () => {
    vi.stubEnv("JOURNAL_TABLE", undefined);
    await expect(load("plan", "incomplete")).rejects.toThrow(/environment variable JOURNAL_TABLE; found none/);
  });

  test("refuses bad input with a list, under the name that the state machine catches", async () => {
    const { handler } = await load("acquire-lease", "called");
    const call = handler as (event: unknown, context: { awsRequestId: string }) => Promise<unknown>;
    await expect(call({ plan: { id: "not a plan" } }, { awsRequestId: "1" })).rejects.toMatchObject({
      name: "Refused",
    });
  });

  test("of a trigger loads with the one variable that it has, and names it when it is missing", async () => {
    const trigger = "../triggers/start-game-day";
    vi.stubEnv("GAME_DAY_ARN", "arn:aws:states:eu-central-1:000000000000:stateMachine:GameDay");
    expect((await load(trigger, "whole")).handler).toBeTypeOf("function");
    vi.stubEnv("GAME_DAY_ARN", undefined);
    await expect(load(trigger, "incomplete")).rejects.toThrow(
      "Expected the environment variable GAME_DAY_ARN; found none.",
    );
  });

  test("of Plan has every shipped drill beside it", () => {
    const drills = readdirSync(new URL("plan/drills/", steps)).sort();
    const shipped = readdirSync(new URL("../../workflows/drills/", import.meta.url)).filter((file) =>
      /yaml$/.test(file),
    );
    expect(drills).toEqual(shipped.map((file) => file.replace(".yaml", ".json")).sort());
    const drill: unknown = JSON.parse(readFileSync(new URL("plan/drills/control.json", steps), "utf8"));
    expect(drill).toMatchObject({ name: "control" });
  });

  test.each(names)("%s is smaller than 400 KB, most of which is Powertools and zod", (name) => {
    expect(statSync(new URL(`${name}/index.mjs`, steps)).size).toBeLessThan(400_000);
  });
});
