import { describe, expect, test } from "vitest";
import { embeddedMetrics } from "../../../../stand-in/aws/cloudwatch/embedded-metrics.ts";

const line = (more: object, Dimensions = [["service"]]) =>
  JSON.stringify({
    _aws: {
      Timestamp: 1,
      CloudWatchMetrics: [{ Namespace: "gameday", Dimensions, Metrics: [{ Name: "Delivered", Unit: "Count" }] }],
    },
    service: "notifications",
    ...more,
  });

describe("a line in the embedded metric format", () => {
  test("is a value of each metric in it", () => {
    expect(embeddedMetrics(line({ Delivered: 1 }))).toEqual([
      { namespace: "gameday", name: "Delivered", dimensions: { service: "notifications" }, value: 1 },
    ]);
  });

  test("may have several values of one metric, and several sets of dimensions", () => {
    const found = embeddedMetrics(line({ Delivered: [1, 2], stage: "prod" }, [["service"], ["service", "stage"], []]));
    expect(found.map(({ dimensions, value }) => [Object.keys(dimensions).length, value])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
      [0, 1],
      [0, 2],
    ]);
  });
});

test.each([
  ["plain text", "started"],
  ["JSON of another kind", '{"level":"INFO"}'],
  ["half a line", '{"_aws":{"CloudWatch'],
  ["a metric without a value", line({})],
  ["a metric that is no number", line({ Delivered: "one" })],
])("%s has no metric in it", (_what, text) => {
  expect(embeddedMetrics(text)).toEqual([]);
});
