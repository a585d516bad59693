import { describe, expect, test } from "vitest";
import * as z from "zod";
import { type FaultKindName, FaultSpec, faultWith, wordingOf } from "../../workflows/faults.ts";

/** One fault of every kind: the type says when one is missing. */
const FAULTS: { [K in FaultKindName]: Extract<FaultSpec, { kind: K }> } = {
  "lambda-env": { kind: "lambda-env", function: "checkout", set: { SLOW_MS: "250", MODE: "" } },
  "lambda-outage": { kind: "lambda-outage", function: "checkout" },
  "lambda-throttle": { kind: "lambda-throttle", function: "checkout", concurrency: 3 },
  none: { kind: "none" },
};

describe.each(Object.values(FAULTS))("a fault of kind $kind", (fault) => {
  test("is planned as it is written", () => {
    expect(FaultSpec.parse(fault)).toEqual(fault);
  });

  test("takes the fields that all faults of a drill have, and no other", () => {
    const Named = faultWith({ name: z.string() });
    expect(Named.parse({ ...fault, name: "f" })).toEqual({ ...fault, name: "f" });
    expect(Named.safeParse(fault).success).toBe(false);
    expect(FaultSpec.safeParse({ ...fault, name: "f" }).success).toBe(false);
  });

  test("says what is changed and how it is put back", () => {
    const { change, undo, functions } = wordingOf(fault);
    expect(change).not.toBe("");
    expect(undo).not.toBe("");
    expect(functions).toEqual("function" in fault ? [fault.function] : []);
  });
});

test("the wording names the values", () => {
  expect(wordingOf(FAULTS["lambda-env"]).change).toBe("environment of function checkout: SLOW_MS=250, MODE=");
  expect(wordingOf(FAULTS["lambda-outage"]).change).toContain("checkout: 0,");
  expect(wordingOf(FAULTS["lambda-throttle"]).change).toContain("checkout: 3,");
});

test("a kind that there is not is told which there are", () => {
  const { error } = FaultSpec.safeParse({ kind: "lambda-delay" });
  const kinds = Object.keys(FAULTS).map((kind) => `"${kind}"`);
  expect(error!.issues[0]!.message).toBe(
    `expected a kind of fault: ${kinds.slice(0, -1).join(", ")} or ${kinds.at(-1)}`,
  );
});
