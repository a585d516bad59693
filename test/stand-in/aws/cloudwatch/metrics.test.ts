import { beforeEach, describe, expect, test } from "vitest";
import { Metrics } from "../../../../stand-in/aws/cloudwatch/metrics.ts";

let now: number;
let metrics: Metrics;
beforeEach(() => {
  now = 0;
  metrics = new Metrics(() => now);
});

const DIMENSIONS = { ApiId: "abc" };
function add(...values: number[]) {
  for (const value of values) metrics.add("AWS/ApiGateway", "Latency", DIMENSIONS, value);
}
const stat = (name: string, dimensions: Record<string, string> = DIMENSIONS, from = 0, to = 60_000) =>
  metrics.statistic("AWS/ApiGateway", "Latency", dimensions, name, from, to);

describe("statistics", () => {
  test.each([
    ["Sum", 20],
    ["Average", 4],
    ["SampleCount", 5],
    ["Minimum", 1],
    ["Maximum", 10],
    ["p50", 3],
    ["p90", 10],
    ["p99", 10],
    ["p100", 10],
    ["p99.9", 10],
  ])("%s", (name, value) => {
    add(10, 2, 1, 4, 3);
    expect(stat(name)).toBe(value);
  });

  test("the lowest percentile is the smallest value", () => {
    add(10, 2, 1);
    expect(stat("p0")).toBe(1);
  });

  test("a percentile of a hundred values is one of them", () => {
    add(...Array.from({ length: 100 }, (_, index) => index + 1));
    expect([stat("p1"), stat("p50"), stat("p99"), stat("p99.5")]).toEqual([1, 50, 99, 100]);
  });

  test("one that is not played is an error that names it", () => {
    add(1);
    expect(() => stat("tm99")).toThrow("The statistic tm99 is not played.");
  });
});

describe("a metric", () => {
  test("is its exact dimensions: more or fewer are another metric, in whatever order they stand", () => {
    metrics.add("AWS/ApiGateway", "Latency", { ApiId: "abc", Stage: "$default" }, 1);
    expect(stat("Sum")).toBeUndefined();
    expect(stat("Sum", {})).toBeUndefined();
    expect(stat("Sum", { Stage: "$default", ApiId: "abc" })).toBe(1);
  });

  test("is its namespace and name", () => {
    add(1);
    expect(metrics.statistic("AWS/Lambda", "Latency", DIMENSIONS, "Sum", 0, 1)).toBeUndefined();
    expect(metrics.statistic("AWS/ApiGateway", "latency", DIMENSIONS, "Sum", 0, 1)).toBeUndefined();
  });

  test("has the points of its interval, its end not included, and none where there were none", () => {
    for (now of [0, 59_999, 60_000]) add(1);
    expect(stat("Sum")).toBe(2);
    expect(stat("Sum", DIMENSIONS, 60_000, 120_000)).toBe(1);
    expect(stat("Sum", DIMENSIONS, 120_000, 180_000)).toBeUndefined();
  });
});
