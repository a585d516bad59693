import { beforeEach, describe, expect, test, vi } from "vitest";
import { createLambda, type FunctionRecord } from "../../../../stand-in/aws/lambda/operations.ts";
import { graphOf } from "../../templates.ts";

const graph = graphOf({
  Fn: {
    Type: "AWS::Lambda::Function",
    Properties: {
      FunctionName: "orders",
      Role: "arn:role",
      Timeout: 29,
      Environment: { Variables: { TABLE_NAME: "orders", RATE: 0 } },
      Tags: [{ Key: "gameday:target", Value: "orders" }],
    },
  },
});
const ARN = graph.resources[0]!.arn!;

let inEffect: () => void;
let effects: Record<string, string>[];
let lambda: ReturnType<typeof createLambda>;
beforeEach(() => {
  vi.useFakeTimers();
  effects = [];
  lambda = createLambda({
    resources: graph.ofType("AWS::Lambda::Function"),
    updateMs: 1000,
    takeEffect: (record) => {
      effects.push({ ...record.variables });
      return new Promise((resolve) => {
        inEffect = resolve;
      });
    },
  });
  return () => vi.useRealTimers();
});

type Described = { RevisionId: string; LastUpdateStatus: string; Environment: { Variables: object } };
const call = <T = Described>(operation: string, input: object) =>
  lambda.operations[operation]!.run(input as never) as Promise<T>;
const describeFunction = (FunctionName = "orders") => call("GetFunctionConfiguration", { FunctionName });
const update = (Variables: object, RevisionId?: string) =>
  call("UpdateFunctionConfiguration", { FunctionName: "orders", Environment: { Variables }, RevisionId });
const soon = () => vi.advanceTimersByTimeAsync(0);

describe("a function's configuration", () => {
  test("is what its template says", async () => {
    expect(await describeFunction()).toMatchObject({
      FunctionName: "orders",
      FunctionArn: ARN,
      Timeout: 29,
      State: "Active",
      LastUpdateStatus: "Successful",
      Environment: { Variables: { TABLE_NAME: "orders", RATE: "0" } },
    });
  });

  test("is found by name and by ARN; one that is not there is an error of the service", async () => {
    expect(await describeFunction(ARN)).toEqual(await describeFunction());
    await expect(describeFunction("other")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      $metadata: { httpStatusCode: 404 },
    });
  });

  test("what is handed out is a copy", async () => {
    const { Environment } = await describeFunction();
    Object.assign(Environment.Variables, { HACKED: "1" });
    expect((await describeFunction()).Environment.Variables).not.toHaveProperty("HACKED");
  });
});

describe("an update", () => {
  test("takes time: it is in progress until the new environment serves, and a second at least", async () => {
    await update({ A: "1" });
    expect(await describeFunction()).toMatchObject({
      LastUpdateStatus: "InProgress",
      Environment: { Variables: { A: "1" } },
    });
    await vi.advanceTimersByTimeAsync(999);
    // Until then the old one serves, as on AWS.
    expect(effects).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(effects).toEqual([{ A: "1" }]);
    expect((await describeFunction()).LastUpdateStatus).toBe("InProgress");
    inEffect();
    await soon();
    expect((await describeFunction()).LastUpdateStatus).toBe("Successful");
  });

  test("stays in progress for as long as the new environment does not serve", async () => {
    await update({ A: "1" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await describeFunction()).LastUpdateStatus).toBe("InProgress");
    inEffect();
    await soon();
    expect((await describeFunction()).LastUpdateStatus).toBe("Successful");
  });

  test("replaces the whole environment", async () => {
    await update({ A: "1" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(effects).toEqual([{ A: "1" }]);
  });

  test("gives a new revision, and another one when it is in effect", async () => {
    const first = (await describeFunction()).RevisionId;
    const second = (await update({}, first)).RevisionId;
    await vi.advanceTimersByTimeAsync(1000);
    inEffect();
    await soon();
    const third = (await describeFunction()).RevisionId;
    expect(new Set([first, second, third]).size).toBe(3);
  });

  test("of a revision that is no longer the newest is refused and changes nothing", async () => {
    const old = (await describeFunction()).RevisionId;
    await update({ A: "1" }, old);
    await vi.advanceTimersByTimeAsync(1000);
    inEffect();
    await soon();
    await expect(update({ A: "2" }, old)).rejects.toMatchObject({
      name: "PreconditionFailedException",
      $metadata: { httpStatusCode: 412 },
    });
    expect((await describeFunction()).Environment.Variables).toEqual({ A: "1" });
  });

  test("while another one is in progress is refused", async () => {
    await update({ A: "1" });
    const refused = update({ A: "2" }, (await describeFunction()).RevisionId);
    await expect(refused).rejects.toMatchObject({
      name: "ResourceConflictException",
      $metadata: { httpStatusCode: 409 },
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(effects).toHaveLength(1);
  });
});

describe("reserved concurrency", () => {
  const reserved = (FunctionName = "orders") => call<object>("GetFunctionConcurrency", { FunctionName });
  const reserve = (ReservedConcurrentExecutions: number, FunctionName = "orders") =>
    call<object>("PutFunctionConcurrency", { FunctionName, ReservedConcurrentExecutions });

  test("of which there is none, is another thing than 0", async () => {
    expect(await reserved()).toEqual({});
    expect(await reserve(0)).toEqual({ ReservedConcurrentExecutions: 0 });
    expect(await reserved()).toEqual({ ReservedConcurrentExecutions: 0 });
    await call("DeleteFunctionConcurrency", { FunctionName: "orders" });
    expect(await reserved()).toEqual({});
    expect(lambda.functions.get("orders")).not.toHaveProperty("reservedConcurrency");
  });

  test("is in effect at once and is no update of the configuration", async () => {
    const { RevisionId } = await describeFunction();
    await reserve(3);
    expect(lambda.functions.get("orders")).toMatchObject({ reservedConcurrency: 3 });
    expect(await describeFunction()).toMatchObject({ RevisionId, LastUpdateStatus: "Successful" });
  });

  test("leaves a hundred of the account's thousand to the other functions", async () => {
    await reserve(900);
    await reserve(900);
    await expect(reserve(901)).rejects.toMatchObject({ name: "InvalidParameterValueException" });
    expect(await reserved()).toEqual({ ReservedConcurrentExecutions: 900 });
  });

  test("is what the template says", () => {
    const reserving = graphOf({
      Fn: {
        Type: "AWS::Lambda::Function",
        Properties: { FunctionName: "worker", Role: "r", ReservedConcurrentExecutions: 0 },
      },
    });
    const { functions } = createLambda({ resources: reserving.resources, updateMs: 0, takeEffect: async () => {} });
    expect(functions.get("worker")).toMatchObject({ reservedConcurrency: 0 });
  });

  test("of a function that is not there is an error of the service", async () => {
    for (const operation of ["GetFunctionConcurrency", "PutFunctionConcurrency", "DeleteFunctionConcurrency"]) {
      await expect(call(operation, { FunctionName: "other" })).rejects.toMatchObject({
        name: "ResourceNotFoundException",
      });
    }
  });
});

describe("what a call needs", () => {
  const needs = (operation: string, input: object) => lambda.operations[operation]!.needs(input as never);

  test("is its action on the function, with the function's tags for conditions on them", () => {
    for (const name of ["orders", ARN]) {
      expect(needs("UpdateFunctionConfiguration", { FunctionName: name })).toEqual([
        {
          action: "lambda:UpdateFunctionConfiguration",
          resource: ARN,
          context: { "aws:ResourceTag/gameday:target": "orders" },
        },
      ]);
    }
  });

  test("for reserved concurrency too", () => {
    for (const operation of ["GetFunctionConcurrency", "PutFunctionConcurrency", "DeleteFunctionConcurrency"]) {
      expect(needs(operation, { FunctionName: "orders" })).toEqual([
        {
          action: `lambda:${operation}`,
          resource: ARN,
          context: { "aws:ResourceTag/gameday:target": "orders" },
        },
      ]);
    }
  });

  test("a function that is not there has no tags", () => {
    expect(needs("GetFunctionConfiguration", { FunctionName: "other" })[0]).toMatchObject({ context: {} });
  });
});

test("the record tells what the function is right now", async () => {
  const record = lambda.functions.get("orders") as FunctionRecord;
  expect(record).toMatchObject({ roleArn: "arn:role", timeoutSeconds: 29, variables: { TABLE_NAME: "orders" } });
  await update({ A: "1" });
  expect(record).toMatchObject({ variables: { A: "1" }, lastUpdateStatus: "InProgress" });
});
