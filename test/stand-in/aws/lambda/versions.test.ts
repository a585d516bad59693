import { beforeEach, describe, expect, test, vi } from "vitest";
import { createLambda, type FunctionRecord } from "../../../../stand-in/aws/lambda/operations.ts";
import { createVersioning, type Versioning } from "../../../../stand-in/aws/lambda/versions.ts";
import { graphOf } from "../../templates.ts";
import { versioned } from "../../versioned.ts";

const fn = {
  Type: "AWS::Lambda::Function",
  Properties: {
    FunctionName: "orders",
    Role: "arn:role",
    Environment: { Variables: { RATE: "0" } },
    Tags: [{ Key: "gameday:target", Value: "shop" }],
  },
};
const ARN = "arn:aws:lambda:rehearsal-1:000000000000:function:orders";

function made(alias: object = {}): { versioning: Versioning; record: FunctionRecord } {
  const graph = graphOf({ Fn: fn, ...versioned({ Ref: "Fn" }, alias) });
  const lambda = createLambda({
    resources: graph.ofType("AWS::Lambda::Function"),
    updateMs: 0,
    takeEffect: async () => {},
  });
  return { versioning: createVersioning(graph, lambda), record: lambda.functions.get("orders")! };
}

let versioning: Versioning;
let record: FunctionRecord;
beforeEach(() => {
  ({ versioning, record } = made());
});
const call = (operation: string, input: object) =>
  versioning.operations[operation]!.run({ FunctionName: "orders", ...input } as never) as Promise<
    Record<string, unknown>
  >;
const alias = (FunctionName = "orders", Name = "live") => call("GetAlias", { FunctionName, Name });
const move = (input: object) => call("UpdateAlias", { Name: "live", ...input });
const configuration = (input: object) => call("GetFunctionConfiguration", input);

describe("an alias", () => {
  test("is what its template says, by the function's name and by its ARN", async () => {
    const described = { AliasArn: `${ARN}:live`, Name: "live", FunctionVersion: "1", RevisionId: expect.any(String) };
    expect(await alias()).toEqual(described);
    expect(await alias(ARN)).toEqual(described);
  });

  test("is moved to another version, which gives it another revision", async () => {
    const { RevisionId } = await alias();
    expect(await move({ FunctionVersion: "$LATEST", RevisionId })).toMatchObject({ FunctionVersion: "$LATEST" });
    expect(versioning.serving(`${ARN}:live`)).toBe(ARN);
    await expect(move({ FunctionVersion: "1", RevisionId })).rejects.toMatchObject({
      name: "PreconditionFailedException",
      $metadata: { httpStatusCode: 412 },
    });
    expect(await alias()).toMatchObject({ FunctionVersion: "$LATEST" });
  });

  test("is moved by whoever does not ask for a revision", async () => {
    await move({ FunctionVersion: "2" });
    expect(versioning.serving(`${ARN}:live`)).toBe(`${ARN}:2`);
  });

  test.each([
    ["of a function that is not there", { FunctionName: "other" }],
    ["that is not there", { Name: "canary" }],
    ["that is to point to a version that is not there", { FunctionVersion: "3" }],
  ])("%s is an error of the service", async (_what, input) => {
    await expect(move(input)).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      $metadata: { httpStatusCode: 404 },
    });
  });

  test("is permitted by its function, whose tags are its own", () => {
    const needs = {
      action: "lambda:UpdateAlias",
      resource: ARN,
      context: { "aws:ResourceTag/gameday:target": "shop" },
    };
    expect(versioning.operations.UpdateAlias!.needs({ FunctionName: "orders", Name: "live" } as never)).toEqual([
      needs,
    ]);
  });
});

describe("weights", () => {
  test("send a share of the invocations to another version, and stay when the alias is moved without naming them", async () => {
    await move({ RoutingConfig: { AdditionalVersionWeights: { 2: 0.25 } } });
    await move({ FunctionVersion: "1" });
    expect(await alias()).toMatchObject({ RoutingConfig: { AdditionalVersionWeights: { 2: 0.25 } } });
    const random = vi.spyOn(Math, "random");
    const served = [0.24, 0.26].map((drawn) => {
      random.mockReturnValueOnce(drawn);
      return versioning.serving(`${ARN}:live`);
    });
    random.mockRestore();
    expect(served).toEqual([`${ARN}:2`, `${ARN}:1`]);
  });

  test("are taken away by giving none", async () => {
    ({ versioning, record } = made({
      RoutingConfig: { AdditionalVersionWeights: [{ FunctionVersion: "2", FunctionWeight: 0.1 }] },
    }));
    expect(await alias()).toMatchObject({ RoutingConfig: { AdditionalVersionWeights: { 2: 0.1 } } });
    await move({ RoutingConfig: { AdditionalVersionWeights: {} } });
    expect(await alias()).not.toHaveProperty("RoutingConfig");
  });

  test("go with published versions only", async () => {
    const shared = move({ FunctionVersion: "$LATEST", RoutingConfig: { AdditionalVersionWeights: { 2: 0.5 } } });
    await expect(shared).rejects.toMatchObject({ name: "InvalidParameterValueException" });
  });
});

describe("a version", () => {
  test("is what its function was at the beginning, whatever becomes of that", async () => {
    record.variables = { RATE: "1" };
    expect(await configuration({ Qualifier: "1" })).toMatchObject({
      FunctionArn: `${ARN}:1`,
      Version: "1",
      State: "Active",
      Environment: { Variables: { RATE: "0" } },
    });
    expect(await configuration({ FunctionName: `${ARN}:live` })).toMatchObject({
      FunctionArn: `${ARN}:live`,
      Version: "1",
    });
    for (const now of [{}, { Qualifier: "$LATEST" }]) {
      expect(await configuration(now)).toMatchObject({ Version: "$LATEST", Environment: { Variables: { RATE: "1" } } });
    }
  });

  test("that is not there is an error of the service", async () => {
    await expect(configuration({ Qualifier: "9" })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });

  test("that is published gets the next number, and what the function is now", async () => {
    record.variables = { RATE: "0.5" };
    expect(versioning.publish(record)).toMatchObject({ version: "3", arn: `${ARN}:3`, variables: { RATE: "0.5" } });
    await move({ FunctionVersion: "3" });
    expect(versioning.serving(`${ARN}:live`)).toBe(`${ARN}:3`);
  });
});

test("what is called by the ARN of a version or of the function itself is served by that", () => {
  expect([`${ARN}:2`, ARN, `${ARN}:$LATEST`].map(versioning.serving)).toEqual([`${ARN}:2`, ARN, ARN]);
});

test("an alias of a version that the template does not have is refused", () => {
  expect(() => made({ FunctionVersion: "7" })).toThrow("Alias Test/Live: there is no version 7 of orders.");
});
