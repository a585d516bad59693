import { beforeEach, describe, expect, test } from "vitest";
import { onEachFunction } from "../../../functions/changes/each-function.ts";
import type { Scene } from "../../../functions/changes/kind.ts";
import { lambdaOutage } from "../../../functions/changes/lambda-concurrency.ts";
import { createLambda, type FunctionRecord } from "../../../stand-in/aws/lambda/operations.ts";
import type { LambdaOutageFault } from "../../../workflows/function-faults.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { target } from "../../workflows/sample.ts";

const spec: LambdaOutageFault = { kind: "lambda-outage", function: ["checkout", "basket"] };
const kind = onEachFunction(lambdaOutage);

let records: FunctionRecord[];
let refused: string | undefined;
let scene: Scene;

const reserved = () => records.map(({ reservedConcurrency }) => reservedConcurrency);

beforeEach(() => {
  const resource = (FunctionName: string | undefined) => ({
    Type: "AWS::Lambda::Function",
    Properties: { FunctionName, Role: "arn:role" },
  });
  const graph = graphOf({
    Checkout: resource(target.functions.checkout),
    Basket: resource(target.functions.basket),
  });
  const { operations: service, functions } = createLambda({
    resources: graph.ofType("AWS::Lambda::Function"),
    takeEffect: async () => {},
    updateMs: 0,
  });
  records = [...functions.values()];
  records[1]!.reservedConcurrency = 7;
  refused = undefined;
  const send = async (command: { input: { FunctionName: string } }) => {
    const operation = command.constructor.name.replace(/Command$/, "");
    if (command.input.FunctionName === refused && !operation.startsWith("Get")) throw new Error("access denied");
    return service[operation]!.run(command.input as never);
  };
  scene = { clients: { lambda: { send } } as never, target, fence: async () => {} };
});

describe("a fault of several functions", () => {
  test("changes, proves, undoes and checks each by its own snapshot", async () => {
    const before = await kind.snapshot(spec, scene);
    expect(before).toEqual({ checkout: { reserved: null }, basket: { reserved: 7 } });
    await kind.apply(spec, before, scene);
    expect(reserved()).toEqual([0, 0]);
    const proof = await kind.prove(spec, before, scene);
    expect(proof.acting).toBe(true);
    expect(proof.evidence).toHaveLength(2);
    expect(await kind.undo(spec, before, scene)).toEqual([]);
    expect(reserved()).toEqual([undefined, 7]);
    const { settled, checks } = await kind.check(spec, before, scene);
    expect(settled).toBe(true);
    expect(checks.map(({ ok }) => ok)).toEqual([true, true]);
  });

  test("is not proven while one of them is as before", async () => {
    const before = await kind.snapshot(spec, scene);
    await lambdaOutage.apply({ ...spec, function: "checkout" }, before.checkout!, scene);
    expect((await kind.prove(spec, before, scene)).acting).toBe(false);
  });

  test("of which one cannot be put back leaves no other as it is, and says so", async () => {
    const before = await kind.snapshot(spec, scene);
    await kind.apply(spec, before, scene);
    refused = target.functions.basket;
    await expect(kind.undo(spec, before, scene)).rejects.toThrow("access denied");
    expect(reserved()).toEqual([undefined, 0]);
    expect((await kind.check(spec, before, scene)).checks.map(({ ok }) => ok)).toEqual([true, false]);
  });

  test("names the commands for each", async () => {
    const before = await kind.snapshot(spec, scene);
    expect(kind.byHand(spec, before, scene)).toEqual([
      `aws lambda delete-function-concurrency --function-name ${target.functions.checkout}`,
      `aws lambda put-function-concurrency --function-name ${target.functions.basket} --reserved-concurrent-executions 7`,
    ]);
  });
});
