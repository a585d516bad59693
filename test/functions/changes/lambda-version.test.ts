import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { lambdaVersion } from "../../../functions/changes/lambda-version.ts";
import { ChangedMeanwhile, NotReady } from "../../../functions/runtime/errors.ts";
import { setStage } from "./stage.ts";

const spec = { kind: "lambda-version", alias: "live", version: "$LATEST" } as const;

let stage: ReturnType<typeof setStage>;
beforeEach(() => {
  stage = setStage();
});
afterEach(() => stage.stop());

const snapshot = (version: string = spec.version) => lambdaVersion.snapshot({ ...spec, version }, stage.scene);
async function injected() {
  const before = await snapshot();
  await lambdaVersion.apply(spec, before, stage.scene);
  return before;
}
/** Somebody else moves the alias right before the next call of this operation, once. */
function overtaken(operation: string, version: string): void {
  stage.stage.fate = (next) => {
    if (next === operation) {
      stage.stage.fate = () => "answered";
      stage.moveAlias({ version });
    }
    return "answered";
  };
}

describe("what it needs is said before anything is changed:", () => {
  test("a version that is there", async () => {
    await expect(snapshot("9")).rejects.toThrow(NotReady);
    await expect(snapshot("9")).rejects.toThrow(/Expected version 9 of Shop-Checkout-\w+ to be Active; found no such/);
  });

  test("a version that can be called right now", async () => {
    const { GetFunctionConfiguration } = stage.services.lambda!;
    Object.assign(stage.services.lambda!, {
      GetFunctionConfiguration: { ...GetFunctionConfiguration, run: async () => ({ State: "Inactive" }) },
    });
    await expect(snapshot("2")).rejects.toThrow("to be Active; found Inactive");
  });

  test("an alias of one version: moving one with weights would need those too", async () => {
    stage.moveAlias({ weights: { 2: 0.1 } });
    await expect(snapshot()).rejects.toThrow(NotReady);
    await expect(snapshot()).rejects.toThrow("found weights (10 % to version 2)");
  });
});

describe("somebody who is faster between its reading and its writing", () => {
  test("keeps it from moving the alias; read again, it is theirs", async () => {
    const before = await snapshot();
    overtaken("UpdateAlias", "2");
    const apply = () => lambdaVersion.apply(spec, before, stage.scene);
    await expect(apply()).rejects.toThrow(ChangedMeanwhile);
    await expect(apply()).rejects.toThrow("Expected alias live as in the snapshot (version 1); found version 2");
    expect(stage.alias.version).toBe("2");
  });

  test("is named when it is undone", async () => {
    const before = await injected();
    overtaken("UpdateAlias", "2");
    await expect(lambdaVersion.undo(spec, before, stage.scene)).rejects.toThrow(ChangedMeanwhile);
    expect(await lambdaVersion.undo(spec, before, stage.scene)).toEqual([
      { what: "version of alias live", ours: "$LATEST", found: "2" },
    ]);
    expect(stage.alias.version).toBe("2");
  });
});

describe("weights that somebody gives the alias", () => {
  test("after the snapshot keep it from being moved", async () => {
    const before = await snapshot();
    stage.moveAlias({ weights: { 2: 0.1 } });
    await expect(lambdaVersion.apply(spec, before, stage.scene)).rejects.toThrow(ChangedMeanwhile);
    expect(stage.alias).toMatchObject({ version: "1", weights: { 2: 0.1 } });
  });

  test("while it is moved stay theirs when it is moved back", async () => {
    const toSecond = { ...spec, version: "2" };
    const before = await snapshot("2");
    await lambdaVersion.apply(toSecond, before, stage.scene);
    stage.moveAlias({ weights: { 3: 0.1 } });
    expect(await lambdaVersion.undo(toSecond, before, stage.scene)).toEqual([]);
    expect(stage.alias).toMatchObject({ version: "1", weights: { 3: 0.1 } });
  });
});

test("by hand it is put back by one command, in which no shell reads the version", () => {
  const { functionName } = stage.scene.target.aliases!.live!;
  expect(lambdaVersion.byHand(spec, { version: "$LATEST" }, stage.scene)).toEqual([
    `aws lambda update-alias --function-name ${functionName} --name live --function-version '$LATEST'`,
  ]);
});
