import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { Metrics } from "../../../../stand-in/aws/cloudwatch/metrics.ts";
import { Functions, THROTTLED } from "../../../../stand-in/aws/lambda/functions.ts";
import { createLambda, type FunctionRecord } from "../../../../stand-in/aws/lambda/operations.ts";
import { createVersioning, type Versioning } from "../../../../stand-in/aws/lambda/versions.ts";
import type { Operations } from "../../../../stand-in/aws/operation.ts";
import { graphOf } from "../../templates.ts";
import { versioned } from "../../versioned.ts";

const folder = mkdtempSync(join(tmpdir(), "gameday-functions-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, "bundle"));
/** Answers when it is told to, by an event of its own; fails when it is told to. */
writeFileSync(
  join(folder, "bundle/index.mjs"),
  `import { setTimeout as sleep } from "node:timers/promises";
   export const handler = async ({ ms = 0, fail, say, which }) => { if (which) return process.env.RATE + " by " + process.env.AWS_LAMBDA_FUNCTION_VERSION; if (say) console.log(say); await sleep(ms); if (fail) throw new Error("told to"); return "fine"; };`,
);

const graph = graphOf({
  Fn: {
    Type: "AWS::Lambda::Function",
    Properties: {
      FunctionName: "orders",
      Role: "arn:role",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code: { S3Key: "bundle.zip" },
      Environment: { Variables: { RATE: "0" } },
    },
  },
  ...versioned({ Ref: "Fn" }),
});

let functions: Functions;
let metrics: Metrics;
let record: FunctionRecord;
let plane: Operations;
let versioning: Versioning;
beforeEach(async () => {
  metrics = new Metrics(() => 0);
  functions = new Functions({
    graph,
    assembly: { stacks: [], files: new Map([["bundle.zip", join(folder, "bundle")]]), images: new Map() } as never,
    metrics,
    serving: (invokedArn) => versioning.serving(invokedArn),
    sdkVariables: () => ({}),
    onOutput: () => {},
  });
  const lambda = createLambda({
    resources: graph.ofType("AWS::Lambda::Function"),
    updateMs: 0,
    takeEffect: (changed) => functions.takeEffect(changed),
  });
  record = lambda.functions.get("orders")!;
  plane = lambda.operations;
  versioning = createVersioning(graph, lambda);
  await functions.start(lambda.functions.values(), versioning.versions.values());
});
afterEach(() => functions.stop());

const invoke = (event: object = {}) => functions.invoke(record.arn, event);
const measured = (name: string) => metrics.statistic("AWS/Lambda", name, { FunctionName: "orders" }, "Sum", 0, 1);

describe("reserved concurrency", () => {
  test("of 0 refuses every invocation, and none of them is an invocation or an error", async () => {
    record.reservedConcurrency = 0;
    expect(await Promise.all([invoke(), invoke()])).toEqual([THROTTLED, THROTTLED]);
    expect([measured("Throttles"), measured("Invocations"), measured("Errors"), measured("Duration")]).toEqual([
      2,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test("refuses what goes beyond it while as many run, and no more when one of them is done", async () => {
    record.reservedConcurrency = 2;
    const running = [invoke({ ms: 300 }), invoke({ ms: 300, fail: true })];
    expect(await invoke()).toBe(THROTTLED);
    expect(await Promise.all(running)).toMatchObject([{ result: "fine" }, { error: { errorMessage: "told to" } }]);
    expect(await invoke()).toEqual({ result: "fine" });
    expect([measured("Throttles"), measured("Invocations"), measured("Errors")]).toEqual([1, 3, 1]);
  });

  test("is in effect with the next invocation, and gone with the next one after it was taken away", async () => {
    record.reservedConcurrency = 0;
    expect(await invoke()).toBe(THROTTLED);
    delete record.reservedConcurrency;
    expect(await invoke()).toEqual({ result: "fine" });
  });
});

test("without one, whatever comes is served, and nothing counts as throttled", async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => invoke({ ms: 20 })));
  expect(answers).toEqual(Array.from({ length: 5 }, () => ({ result: "fine" })));
  expect([measured("Throttles"), measured("Invocations"), measured("Errors")]).toEqual([0, 5, 0]);
});

describe("what is called by an alias", () => {
  const live = (event: object) => functions.invoke(`${record.arn}:live`, event);
  const update = (Variables: object) =>
    plane.UpdateFunctionConfiguration!.run({ FunctionName: "orders", Environment: { Variables } } as never);
  const move = (FunctionVersion: string) =>
    versioning.operations.UpdateAlias!.run({ FunctionName: "orders", Name: "live", FunctionVersion } as never);

  test("is served by the version that the alias points to, as that was when it was published", async () => {
    await update({ RATE: "1" });
    await expect.poll(() => invoke({ which: true }), { timeout: 5000 }).toEqual({ result: "1 by $LATEST" });
    expect(await live({ which: true })).toEqual({ result: "0 by 1" });
    await move("$LATEST");
    expect(await live({ which: true })).toEqual({ result: "1 by $LATEST" });
    await move("2");
    expect(await live({ which: true })).toEqual({ result: "0 by 2" });
  });

  test("counts towards what is reserved for the function, and as the function's own", async () => {
    record.reservedConcurrency = 1;
    const running = invoke({ ms: 200 });
    expect(await live({})).toBe(THROTTLED);
    await running;
    expect(await live({})).toEqual({ result: "fine" });
    const byAlias = { FunctionName: "orders", Resource: "orders:live" };
    expect([measured("Throttles"), measured("Invocations")]).toEqual([1, 2]);
    expect(metrics.statistic("AWS/Lambda", "Invocations", byAlias, "Sum", 0, 1)).toBe(1);
  });
});

test("what runs at once is a metric of its own", async () => {
  await Promise.all([invoke({ ms: 50 }), invoke({ ms: 50 }), invoke({ ms: 50 })]);
  expect(metrics.statistic("AWS/Lambda", "ConcurrentExecutions", { FunctionName: "orders" }, "Maximum", 0, 1)).toBe(3);
});

test("metrics that a function writes in its log are metrics", async () => {
  const line = (value: number) =>
    JSON.stringify({
      _aws: { CloudWatchMetrics: [{ Namespace: "shop", Dimensions: [["service"]], Metrics: [{ Name: "Sold" }] }] },
      service: "orders",
      Sold: value,
    });
  // Two lines may come in one piece.
  await invoke({ say: `${line(2)}\n${line(3)}` });
  const sold = () => metrics.statistic("shop", "Sold", { service: "orders" }, "Sum", 0, 1);
  await expect.poll(sold, { timeout: 5000 }).toBe(5);
});
