import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { EXAMPLES, FaultSpec, faultWith, wordingOf } from "../../workflows/faults.ts";

const DOCUMENTED = readFileSync(new URL("../../docs/faults.md", import.meta.url), "utf8");

describe.each(Object.values(EXAMPLES))("a fault of kind $kind", (fault) => {
  test("has a line in the table of docs/faults.md", () => {
    expect(DOCUMENTED).toContain(`\n| \`${fault.kind}\` | `);
  });

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
    const { change, undo } = wordingOf(fault);
    expect(change).not.toBe("");
    expect(undo).not.toBe("");
  });
});

test("the wording names the values", () => {
  expect(wordingOf(EXAMPLES["lambda-env"]).change).toBe("environment of function checkout: SLOW_MS=250, MODE=");
  expect(wordingOf(EXAMPLES["lambda-outage"]).change).toContain("checkout: 0,");
  expect(wordingOf(EXAMPLES["lambda-throttle"]).change).toContain("checkout: 3,");
  expect(wordingOf(EXAMPLES["fis-lambda-delay"]).change).toBe(
    "an FIS experiment: 33 % of the invocations of function checkout begin 250 ms later",
  );
  expect(wordingOf(EXAMPLES["fis-lambda-error"]).change).toMatch(/50 % .* fail, after its code has run$/);
  expect(wordingOf(EXAMPLES["fis-lambda-http-response"]).change).toMatch(
    /100 % .* answer 503, without its code being run$/,
  );
});

test("the wording of what is no function's names its resource", () => {
  expect(wordingOf(EXAMPLES["dynamodb-throttle"]).change).toBe(
    "on-demand maximum of table orders: 2 write units a second, 4 read units a second",
  );
  expect(wordingOf(EXAMPLES["queue-impairment"]).change).toContain("lets nobody receive messages");
  expect(wordingOf(EXAMPLES["api-throttle"]).change).toContain("0.5 requests a second, 1 at once");
  expect(wordingOf(EXAMPLES["lambda-version"]).change).toBe("alias live: moved to version $LATEST");
});

describe("what cannot be is refused with what can:", () => {
  test.each([
    [{ kind: "queue-impairment", queue: "q", deny: [] }, "expected at least one of send and receive"],
    [{ kind: "queue-impairment", queue: "q", deny: ["send", "send"] }, "expected each of send and receive once"],
    [{ kind: "queue-impairment", queue: "q", deny: ["delete"] }, "expected send or receive"],
    [{ kind: "rule-off" }, "expected the name of a rule of the target"],
    [{ kind: "api-throttle", usagePlan: "p", rate: 0, burst: 1 }, "expected requests a second, more than 0"],
    [{ kind: "api-throttle", usagePlan: "p", rate: 1, burst: 0 }, "expected a whole number of requests from 1"],
    [{ kind: "dynamodb-throttle", table: "t", maxWriteUnits: 0 }, "expected a whole number of request units a second"],
    [
      { kind: "lambda-version", alias: "live", version: 7 },
      'a version of the function: "$LATEST", or a number in quotes',
    ],
    [{ kind: "lambda-version", alias: "live", version: "latest" }, "expected a version of the function"],
  ])("%j", (fault, message) => {
    expect(FaultSpec.safeParse(fault).error!.issues[0]!.message).toContain(message);
  });
});

test("a queue is impaired by refusing what is sent, unless a drill says otherwise", () => {
  expect(FaultSpec.parse({ kind: "queue-impairment", queue: "deliveries" })).toMatchObject({ deny: ["send"] });
});

describe("what FIS does not take is refused with what it takes:", () => {
  const refusal = (change: object) =>
    FaultSpec.safeParse({ kind: "fis-lambda-delay", function: "checkout", percentage: 33, delayMs: 250, ...change })
      .error?.issues[0]?.message;
  test.each([0, 101, 33.3, "33"])("percentage %j", (percentage) => {
    expect(refusal({ percentage })).toBe("expected a whole number from 1 to 100");
  });
  test.each([0, 900_001, 0.5, "250ms"])("delayMs %j", (delayMs) => {
    expect(refusal({ delayMs })).toBe("expected whole milliseconds from 1 to 900000 (900 s)");
  });
  test.each([99, 600, "503"])("statusCode %j", (statusCode) => {
    const response = { ...EXAMPLES["fis-lambda-http-response"], statusCode };
    expect(FaultSpec.safeParse(response).error?.issues[0]?.message).toBe(
      "expected an HTTP status code from 100 to 599",
    );
  });
  test("preventExecution that is neither true nor false", () => {
    const error = { ...EXAMPLES["fis-lambda-error"], preventExecution: "yes" };
    expect(FaultSpec.safeParse(error).error?.issues[0]?.message).toBe("expected true or false");
  });
  test.each([[{ percentage: 1, delayMs: 1 }], [{ percentage: 100, delayMs: 900_000 }]])("%j is taken", (change) =>
    expect(refusal(change)).toBeUndefined(),
  );
});

test("FIS keeps the function's code from being run unless a drill says otherwise", () => {
  expect(FaultSpec.parse({ kind: "fis-lambda-error", function: "checkout", percentage: 5 })).toMatchObject({
    preventExecution: true,
  });
});

test("a kind that there is not is told which there are", () => {
  const { error } = FaultSpec.safeParse({ kind: "lambda-delay" });
  const kinds = Object.keys(EXAMPLES).map((kind) => `"${kind}"`);
  expect(error!.issues[0]!.message).toBe(
    `expected a kind of fault: ${kinds.slice(0, -1).join(", ")} or ${kinds.at(-1)}`,
  );
});
