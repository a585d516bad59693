import { describe, expect, test } from "vitest";
import * as errors from "../../../functions/runtime/errors.ts";

const { GameDayError, nameServiceError, Transient } = errors;

const classes = Object.entries(errors).filter(
  (entry): entry is [string, typeof GameDayError] =>
    typeof entry[1] === "function" && (entry[1] === GameDayError || entry[1].prototype instanceof GameDayError),
);

describe("errors that the state machine names", () => {
  test.each(classes)("%s has its class's name, whatever a minifier makes of it", (name, ErrorClass) => {
    const error = new ErrorClass("this", "that", "Do something.");
    expect(error.name).toBe(name);
    expect(Object.hasOwn(error, "name")).toBe(true);
    expect(error).toBeInstanceOf(GameDayError);
  });

  test("each is named like its class", () => {
    expect(classes.length).toBeGreaterThan(10);
    for (const [name, Class] of classes) expect(new (Class as typeof errors.NotReady)("a", "b", "c").name).toBe(name);
  });

  test("say what was expected, what was found and what to do next, and keep the cause", () => {
    const cause = new Error("inner");
    const error = new errors.NotReady("a function", "none", "Look at the target.", { cause });
    expect(error.message).toBe("Expected a function; found none. Look at the target.");
    expect(error.cause).toBe(cause);
  });
});

const sdkError = (name: string, more: object = {}) => Object.assign(new Error("said the service"), { name, ...more });

describe("an error of the SDK", () => {
  test.each([
    ["throttled", sdkError("ThrottlingException", { $fault: "client" })],
    ["throttled by Lambda", sdkError("TooManyRequestsException", { $fault: "client" })],
    ["throttled by DynamoDB", sdkError("ProvisionedThroughputExceededException", { $fault: "client" })],
    ["slowed down by S3", sdkError("SlowDown", { $metadata: { httpStatusCode: 503 } })],
    ["a table that is just being updated", sdkError("ResourceInUseException", { $fault: "client" })],
    ["a rule that somebody else changes as well", sdkError("ConcurrentModificationException", { $fault: "client" })],
    ["a function that is just being updated", sdkError("ResourceConflictException", { $fault: "client" })],
    ["the service's own fault", sdkError("InternalServerError", { $fault: "server" })],
    ["a status of 500 or more", sdkError("Unknown", { $metadata: { httpStatusCode: 502 } })],
    ["what the SDK calls worth another try", sdkError("Odd", { $retryable: {} })],
    ["a connection reset", sdkError("Error", { code: "ECONNRESET" })],
    ["a connection refused", sdkError("ECONNREFUSED")],
    ["no answer in time", sdkError("TimeoutError")],
  ])("worth another try: %s", (_what, error) => {
    const named = nameServiceError(error) as Error;
    expect(named).toBeInstanceOf(Transient);
    expect(named.message).toContain(`${error.name}: said the service`);
    expect(named.cause).toBe(error);
  });

  test.each([
    ["not allowed", sdkError("AccessDeniedException", { $fault: "client", $metadata: { httpStatusCode: 403 } })],
    ["not there", sdkError("ResourceNotFoundException", { $fault: "client", $metadata: { httpStatusCode: 404 } })],
    ["a condition that does not hold", sdkError("ConditionalCheckFailedException", { $fault: "client" })],
    ["an input that is wrong", sdkError("ValidationException", { $metadata: { httpStatusCode: 400 } })],
    ["a bug of our own", new TypeError("x is not a function")],
    ["one that has a name of ours", new errors.NotSteady("a", "b", "c")],
    ["something that is no error", "text"],
  ])("left as it is: %s", (_what, error) => {
    expect(nameServiceError(error)).toBe(error);
  });
});
