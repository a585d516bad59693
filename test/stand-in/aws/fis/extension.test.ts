import { beforeEach, describe, expect, test, vi } from "vitest";
import { type Effect, INJECTIONS, injected, parseLocation } from "../../../../stand-in/aws/fis/extension.ts";
import type { Answer } from "../../../../stand-in/aws/lambda/execution-environment.ts";

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

const FINE: Answer = { result: "fine" };

/** One invocation into which something is injected; how long it took and whether the function's code ran. */
async function invoke(effects: Effect[], share = 1) {
  const began = Date.now();
  let ran = false;
  const serve = async () => {
    ran = true;
    return FINE;
  };
  const pending = injected(
    effects.map((effect) => ({ share, effect })),
    3000,
    serve,
  );
  const done = pending.then((answer) => ({ answer, ran, ms: Date.now() - began }));
  await vi.runAllTimersAsync();
  return done;
}

describe("an invocation", () => {
  test("with nothing injected is served as it is", async () => {
    expect(await invoke([])).toEqual({ answer: FINE, ran: true, ms: 0 });
  });

  test("begins later", async () => {
    expect(await invoke([{ kind: "delay", ms: 250 }])).toEqual({ answer: FINE, ran: true, ms: 250 });
  });

  test("that begins as late as the function's timeout times out, and never gets to its code", async () => {
    expect(await invoke([{ kind: "delay", ms: 5000 }])).toMatchObject({
      answer: { error: { errorType: "Sandbox.Timedout" } },
      ran: false,
      ms: 3000,
    });
  });

  test.each([true, false])("fails, its code not run: %s", async (prevented) => {
    expect(await invoke([{ kind: "error", prevented }])).toMatchObject({ answer: { error: {} }, ran: !prevented });
  });

  test.each([true, false])("answers with another status, its code not run: %s", async (prevented) => {
    expect(await invoke([{ kind: "response", statusCode: 503, contentType: "text/plain", prevented }])).toMatchObject({
      answer: { result: { statusCode: 503, headers: { "content-type": "text/plain" } } },
      ran: !prevented,
    });
  });

  test("of two experiments suffers both", async () => {
    const both = await invoke([
      { kind: "delay", ms: 250 },
      { kind: "error", prevented: true },
    ]);
    expect(both).toMatchObject({ answer: { error: {} }, ran: false, ms: 250 });
  });

  test("is affected as often as the share says", async () => {
    let slow = 0;
    for (let each = 0; each < 2000; each++) slow += (await invoke([{ kind: "delay", ms: 250 }], 0.33)).ms > 0 ? 1 : 0;
    expect(slow / 2000).toBeGreaterThan(0.28);
    expect(slow / 2000).toBeLessThan(0.38);
  });
});

test("parameters that are left out are those of the FIS user guide", () => {
  expect(INJECTIONS["aws:lambda:invocation-add-delay"]!.parse({})).toEqual({
    share: 1,
    effect: { kind: "delay", ms: 1000 },
  });
  expect(INJECTIONS["aws:lambda:invocation-error"]!.parse({ invocationPercentage: "5" })).toEqual({
    share: 0.05,
    effect: { kind: "error", prevented: false },
  });
});

test.each([undefined, "", "my-bucket/FisConfigs/", "arn:aws:s3:::my-bucket", "arn:aws:s3:::my-bucket/FisConfigs"])(
  "a location like %j is none",
  (location) => {
    expect(parseLocation(location === undefined ? {} : { AWS_FIS_CONFIGURATION_LOCATION: location })).toBeUndefined();
  },
);

test("a location is a bucket and a prefix", () => {
  expect(parseLocation({ AWS_FIS_CONFIGURATION_LOCATION: "arn:aws:s3:::my-bucket/a/FisConfigs/" })).toEqual({
    bucket: "my-bucket",
    prefix: "a/FisConfigs/",
  });
});
