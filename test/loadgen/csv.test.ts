import { describe, expect, test } from "vitest";
import { parseRow } from "../../loadgen/csv.ts";

test("a request starts its duration before its row's time", () => {
  expect(parseRow("http_req_duration,1795248448863690,2.922000,,true,main,200,,")).toEqual({
    kind: "request",
    startAt: 1795248448863.69 - 2.922,
    latencyMs: 2.922,
  });
});

describe("a failed request is told by its kind", () => {
  test.each([
    ["an unexpected status", "http_req_duration,1795248448863690,2.9,1500,false,main,500,,", "500"],
    ["a status without an error code", "http_req_duration,1795248448863690,2.9,,false,main,204,,", "204"],
    ["a timeout", "http_req_duration,1795248448863690,1000.5,1050,false,main,0,,", "timeout"],
    ["a refused connection", "http_req_duration,1795248448863690,0.000000,1212,false,main,0,,", "refused"],
    ["a connection that was reset", "http_req_duration,1795248448863690,1.5,1220,false,main,0,,", "network-1220"],
  ])("%s", (_, line, failed) => {
    expect(parseRow(line)).toMatchObject({ kind: "request", failed });
  });
});

test("reads dropped iterations", () => {
  expect(parseRow("dropped_iterations,1795248448863690,3.000000,,,main,,,")).toEqual({
    kind: "dropped",
    at: 1795248448863.69,
    count: 3,
  });
});

test.each([
  ["the header", "metric_name,timestamp,metric_value,error_code,expected_response,scenario,status,extra_tags,metadata"],
  ["another metric", "http_reqs,1795248448863690,1.000000,,true,main,200,,"],
  ["a request of setup()", "http_req_duration,1795248448863690,2.922000,,true,,200,group=::setup,"],
  ["an empty line", ""],
])("ignores %s", (_, line) => {
  expect(parseRow(line)).toBeUndefined();
});
