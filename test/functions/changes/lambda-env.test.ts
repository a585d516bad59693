import { beforeEach, describe, expect, test } from "vitest";
import { lambdaEnv } from "../../../functions/changes/lambda-env.ts";
import { ChangedMeanwhile, NotReady } from "../../../functions/runtime/errors.ts";
import type { LambdaEnvFault } from "../../../workflows/function-faults.ts";
import type { OfOne } from "../../../workflows/function-name.ts";
import { target } from "../../workflows/sample.ts";
import { FakeLambda } from "./fake-lambda.ts";

const spec: OfOne<LambdaEnvFault> = {
  kind: "lambda-env",
  function: "checkout",
  set: { SLOW_MS: "250", SLOW_SHARE: "0.33" },
};

let lambda: FakeLambda;
const scene = () => ({ clients: { lambda: lambda.client } as never, target, fence: async () => {} });
const snapshot = () => lambdaEnv.snapshot(spec, scene());
const apply = (before: Awaited<ReturnType<typeof snapshot>>) => lambdaEnv.apply(spec, before, scene());
const undo = (before: Awaited<ReturnType<typeof snapshot>>) => lambdaEnv.undo(spec, before, scene());
const check = (before: Awaited<ReturnType<typeof snapshot>>) => lambdaEnv.check(spec, before, scene());

async function inject() {
  const before = await snapshot();
  await apply(before);
  return before;
}

beforeEach(() => {
  lambda = new FakeLambda({ TABLE_NAME: "orders", API_KEY: "s3cret", SLOW_SHARE: "" });
});

describe("the snapshot", () => {
  test("holds the fault's own variables and no other: those may be secrets", async () => {
    expect(await snapshot()).toEqual({ variables: { SLOW_MS: null, SLOW_SHARE: "" } });
  });

  test("is refused where the fault would change nothing", async () => {
    lambda.edit(spec.set);
    await expect(snapshot()).rejects.toThrow(NotReady);
    await expect(snapshot()).rejects.toThrow("SLOW_MS, SLOW_SHARE already set as the fault would");
  });

  test("of a function that the target does not have is refused by its name", async () => {
    const other = lambdaEnv.snapshot({ ...spec, function: "search" }, scene());
    await expect(other).rejects.toThrow('Expected a function "search" of target "shop"');
  });
});

describe("the change", () => {
  test("sets its variables and leaves every other one alone", async () => {
    await inject();
    expect(lambda.variables).toEqual({ TABLE_NAME: "orders", API_KEY: "s3cret", ...spec.set });
  });

  test("made twice is made once", async () => {
    const before = await inject();
    await apply(before);
    expect(lambda.written).toHaveLength(1);
  });

  test("is not made over what somebody else changed since the snapshot, nor is a part of it", async () => {
    const before = await snapshot();
    lambda.edit({ SLOW_SHARE: "0.5" });
    await expect(apply(before)).rejects.toThrow(ChangedMeanwhile);
    await expect(apply(before)).rejects.toThrow("Expected SLOW_SHARE of checkout as in the snapshot");
    expect(lambda.written).toEqual([]);
  });

  test("takes along what somebody else added since the snapshot", async () => {
    const before = await snapshot();
    lambda.edit({ NEW_FLAG: "on", TABLE_NAME: null });
    await apply(before);
    expect(lambda.variables).toEqual({ API_KEY: "s3cret", NEW_FLAG: "on", ...spec.set });
  });

  test("is tried again when somebody was faster between its reading and its writing", async () => {
    const before = await snapshot();
    let calls = 0;
    lambda.fate = () => {
      if (++calls === 2) lambda.edit({ NEW_FLAG: "on" });
      return "answered";
    };
    await expect(apply(before)).rejects.toThrow(ChangedMeanwhile);
    await apply(before);
    expect(lambda.variables).toMatchObject({ NEW_FLAG: "on", ...spec.set });
  });
});

describe("the proof", () => {
  const prove = () => lambdaEnv.prove(spec, { variables: {} }, scene());

  test("reads back what was set, once the update is in effect", async () => {
    await inject();
    lambda.updateStatus = "InProgress";
    expect(await prove()).toEqual({ acting: false, evidence: ["checkout is still being updated"] });
    lambda.updateStatus = "Successful";
    expect(await prove()).toEqual({
      acting: true,
      evidence: ["checkout read back with SLOW_MS=250, SLOW_SHARE=0.33; last update Successful"],
    });
  });

  test("fails by name when a variable is not as set", async () => {
    await inject();
    lambda.edit({ SLOW_MS: "0" });
    expect(await prove()).toEqual({ acting: false, evidence: ["checkout does not have SLOW_MS as set"] });
  });
});

describe("the undo", () => {
  test("tells absent from empty: each comes back as what it was", async () => {
    const before = await inject();
    expect(await undo(before)).toEqual([]);
    expect(lambda.variables).toEqual({ TABLE_NAME: "orders", API_KEY: "s3cret", SLOW_SHARE: "" });
  });

  test("twice changes nothing the second time", async () => {
    const before = await inject();
    await undo(before);
    expect(await undo(before)).toEqual([]);
    expect(lambda.written).toHaveLength(2);
  });

  test("without the change having been made changes nothing", async () => {
    const before = await snapshot();
    expect(await undo(before)).toEqual([]);
    expect(lambda.written).toEqual([]);
  });

  test("leaves a variable alone that someone else changed meanwhile, and names it without its value", async () => {
    const before = await inject();
    lambda.edit({ SLOW_MS: "top-secret", API_KEY: "n3w" });
    const conflicts = await undo(before);
    expect(lambda.variables).toEqual({ TABLE_NAME: "orders", API_KEY: "n3w", SLOW_MS: "top-secret", SLOW_SHARE: "" });
    expect(conflicts).toEqual([{ what: "SLOW_MS of checkout", ours: "250", found: "another value" }]);
  });

  test("leaves a variable absent that someone else took away meanwhile", async () => {
    const before = await inject();
    lambda.edit({ SLOW_SHARE: null });
    expect(await undo(before)).toEqual([{ what: "SLOW_SHARE of checkout", ours: "0.33", found: "absent" }]);
    expect(lambda.variables).toEqual({ TABLE_NAME: "orders", API_KEY: "s3cret" });
  });

  test("somebody else's putting it back is no conflict", async () => {
    const before = await inject();
    lambda.edit({ SLOW_MS: null, SLOW_SHARE: "" });
    expect(await undo(before)).toEqual([]);
    expect(lambda.written).toHaveLength(1);
  });

  test("gives way to whoever was faster, to be tried again", async () => {
    const before = await inject();
    let calls = 0;
    lambda.fate = () => {
      if (++calls === 2) lambda.edit({ API_KEY: "n3w" });
      return "answered";
    };
    await expect(undo(before)).rejects.toThrow(ChangedMeanwhile);
    await expect(undo(before)).resolves.toEqual([]);
    expect(lambda.variables).toEqual({ TABLE_NAME: "orders", API_KEY: "n3w", SLOW_SHARE: "" });
  });
});

describe("the check", () => {
  test("is passed once everything reads as before, in effect", async () => {
    const before = await inject();
    expect(await check(before)).toMatchObject({
      settled: true,
      checks: [
        { ok: false, detail: "still the fault's value" },
        { ok: false, detail: "still the fault's value" },
      ],
    });
    await undo(before);
    lambda.updateStatus = "InProgress";
    expect(await check(before)).toMatchObject({
      settled: false,
      checks: [{ ok: false, detail: "put back, but the update is not in effect" }, { ok: false }],
    });
    lambda.updateStatus = "Successful";
    expect(await check(before)).toEqual({
      settled: true,
      checks: [
        {
          what: "SLOW_MS of checkout is as before (absent)",
          ok: true,
          detail: "read back equal to the snapshot, in effect",
        },
        {
          what: "SLOW_SHARE of checkout is as before (set)",
          ok: true,
          detail: "read back equal to the snapshot, in effect",
        },
      ],
    });
  });

  test("what is somebody else's by now is not ours to put back", async () => {
    const before = await inject();
    lambda.edit({ SLOW_MS: "9" });
    await undo(before);
    expect((await check(before)).checks[0]).toMatchObject({
      ok: true,
      detail: "changed by somebody else since; left as it is",
    });
  });
});

test("by hand: the commands take out what was absent and write back what was there", async () => {
  const commands = lambdaEnv.byHand(spec, await snapshot(), scene());
  expect(commands.join("\n")).toContain(`jq -c '.Variables |= (del(.SLOW_MS) | .SLOW_SHARE = "")'`);
  expect(commands.every((command) => command.includes(target.functions.checkout!))).toBe(true);
});
