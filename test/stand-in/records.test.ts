import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stacksFor, targetsOf } from "../../stand-in/gameday/target.ts";
import { type HostedRegion, startRegion } from "../../stand-in/hosted-region.ts";
import { assembly } from "./templates.ts";

/** The example `records` in both variants, as synthesised: its front end as a process, everything over real HTTP. */

const COUNT = 10;
const EVER = Number.POSITIVE_INFINITY;

describe.each([
  ["records", 201],
  ["records-messaging", 202],
] as const)("%s", (name, status) => {
  const output: string[] = [];
  let region: HostedRegion;
  beforeAll(async () => {
    region = await startRegion({
      assembly: stacksFor(assembly(), name),
      k6Path: "/nowhere/k6",
      onOutput: (_source, line) => output.push(...line.split("\n")),
    });
  }, 60_000);
  afterAll(() => region.stop());

  const target = () => targetsOf(region.graph).get(name)!;
  const sum = (namespace: string, metric: string, dimensions: Record<string, string>) =>
    region.metrics.statistic(namespace, metric, dimensions, "Sum", 0, EVER) ?? 0;
  const saved = () => sum("gameday", "RecordsSaved", { service: name });
  const ofFunction = (metric: string) =>
    sum("AWS/Lambda", metric, { FunctionName: target().functions["save-user-record"]! });
  const send = () =>
    fetch(`${target().url}/records`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ user: "ada" }),
    });
  const save = () =>
    [...region.aws.functions.values()].find((record) => record.name === target().functions["save-user-record"])!;

  test("saves what its front end takes, and one request is found in every log", async () => {
    const responses = await Promise.all(Array.from({ length: COUNT }, send));
    expect(responses.map((response) => response.status)).toEqual(responses.map(() => status));
    await expect.poll(saved, { timeout: 10_000 }).toBe(COUNT);
    const id = responses[0]!.headers.get("x-correlation-id")!;
    const said = output
      .filter((line) => line.includes(`"correlation_id":"${id}"`))
      .map((line) => (JSON.parse(line) as { message: string }).message);
    const expected = name === "records" ? ["Saved.", "saved"] : ["Accepted, and saved soon.", "accepted", "saved"];
    expect(said.sort()).toEqual(expected.sort());
    expect(region.metrics.statistic("gameday", "RecordSize", { service: name }, "Minimum", 0, EVER)).toBeGreaterThan(0);
  });

  test("without its function has no errors of it: the trap, or what a queue is for", async () => {
    save().reservedConcurrency = 0;
    const response = await send();
    expect(response.status).toBe(name === "records" ? 502 : 202);
    await expect.poll(() => ofFunction("Throttles"), { timeout: 5000 }).toBeGreaterThan(0);
    expect(ofFunction("Errors")).toBe(0);
    expect(sum("AWS/ApiGateway", "5XXError", { ApiName: name })).toBe(name === "records" ? 1 : 0);
    delete save().reservedConcurrency;
    if (name === "records-messaging") await expect.poll(saved, { timeout: 15_000 }).toBe(COUNT + 1);
  }, 30_000);

  test("measures by series that are written", () => {
    for (const { of, per } of Object.values(target().measures ?? {})) {
      for (const { namespace, name: metric, dimensions, stat } of [of, ...(per ? [per] : [])]) {
        if (namespace === "AWS/SQS") continue;
        expect(region.metrics.statistic(namespace, metric, dimensions, stat, 0, EVER), metric).toBeTypeOf("number");
      }
    }
  });

  test("calls nothing that its roles do not allow", () => {
    expect(region.asked.filter(({ allowed }) => !allowed)).toEqual([]);
    expect(region.graph.skipped).toEqual([]);
  });
});
