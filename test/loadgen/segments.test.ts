import { expect, test } from "vitest";
import { segmentsOf } from "../../loadgen/segments.ts";

test("one shard has the whole", () => {
  expect(segmentsOf(1)).toEqual({ segments: ["0:1"], sequence: "0,1" });
});

test("three shards have a third each", () => {
  expect(segmentsOf(3)).toEqual({ segments: ["0:1/3", "1/3:2/3", "2/3:1"], sequence: "0,1/3,2/3,1" });
});
