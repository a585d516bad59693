import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { createLambda } from "../../../stand-in/aws/lambda/operations.ts";
import { keepFunctions } from "../../../stand-in/persistence/functions.ts";
import { graphOf } from "../templates.ts";

const graph = graphOf({
  Orders: {
    Type: "AWS::Lambda::Function",
    Properties: {
      FunctionName: "orders",
      Role: "arn:aws:iam::000000000000:role/orders",
      Environment: { Variables: { TABLE: "orders" } },
    },
  },
});
const plane = () =>
  createLambda({
    resources: graph.ofType("AWS::Lambda::Function"),
    takeEffect: async () => {},
    updateMs: 0,
  });

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "gameday-functions-")), "functions.json");
});

const set = (kept: ReturnType<typeof keepFunctions>, Variables: Record<string, string>) =>
  kept.service.UpdateFunctionConfiguration!.run({ FunctionName: "orders", Environment: { Variables } } as never);

describe("a function's configuration", () => {
  test("is what it was changed to, in the next process too", async () => {
    await set(keepFunctions(plane(), file), { TABLE: "orders", SLOW_MS: "250" });
    const next = plane();
    keepFunctions(next, file);
    expect(next.functions.get("orders")).toMatchObject({
      variables: { TABLE: "orders", SLOW_MS: "250" },
      lastUpdateStatus: "Successful",
    });
  });

  test("keeps whatever else of it can be changed, and that it was taken away", () => {
    const first = plane();
    Object.assign(first.functions.get("orders")!, { extra: 3 });
    keepFunctions(first, file);
    const second = plane();
    keepFunctions(second, file);
    expect(second.functions.get("orders")).toMatchObject({ extra: 3 });

    const third = plane();
    Object.assign(third.functions.get("orders")!, { addedByTemplate: 1 });
    keepFunctions(third, file);
    expect(third.functions.get("orders")).toHaveProperty("addedByTemplate", undefined);
  });

  test("counts as changed against what was deployed first, whichever process changed it", async () => {
    const first = keepFunctions(plane(), file);
    expect(first.changed()).toEqual([]);
    await set(first, { TABLE: "orders", SLOW_MS: "250" });
    expect(first.changed()).toEqual(["orders"]);

    const second = keepFunctions(plane(), file);
    expect(second.changed()).toEqual(["orders"]);
    await set(second, { TABLE: "orders" });
    expect(second.changed()).toEqual([]);
  });

  test("ends with the process when there is no file", async () => {
    await set(keepFunctions(plane(), undefined), { TABLE: "other" });
    const next = plane();
    expect(keepFunctions(next, undefined).changed()).toEqual([]);
    expect(next.functions.get("orders")?.variables).toEqual({ TABLE: "orders" });
  });
});
