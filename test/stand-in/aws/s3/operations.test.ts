import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Buckets } from "../../../../stand-in/aws/s3/operations.ts";
import { UNFINISHED } from "../../../../stand-in/persistence/atomic-file.ts";

const folder = () => mkdtempSync(join(tmpdir(), "gameday-buckets-"));

describe("buckets in a folder", () => {
  test("have the same objects in the next process, whatever is in their keys", () => {
    const where = folder();
    const keys = ["plan.json", "game-days/day-1/plan.json", "../outside", "a//b", "ends/", "ä b"];
    const first = new Buckets(["results", "other"], where);
    for (const key of keys) first.put("results", key, Buffer.from(`of ${key}`));
    const next = new Buckets(["results", "other"], where);
    expect(next.list("results").keys).toEqual([...keys].sort());
    for (const key of keys) expect(next.get("results", key).toString()).toBe(`of ${key}`);
    expect(next.list("other").keys).toEqual([]);
  });

  test("have objects that people can read, under the path that is their key", () => {
    const where = folder();
    new Buckets(["results"], where).put("results", "game-days/day-1/plan.json", Buffer.from("{}"));
    expect(readFileSync(join(where, "results/game-days/day-1/plan.json"), "utf8")).toBe("{}");
  });

  test("do not have an object whose writing was cut off", () => {
    const where = folder();
    new Buckets(["results"], where).put("results", "whole", Buffer.from("1"));
    writeFileSync(join(where, "results", `half${UNFINISHED}`), "1");
    expect(new Buckets(["results"], where).list("results").keys).toEqual(["whole"]);
  });
});

test("buckets without a folder end with the process", () => {
  new Buckets(["results"]).put("results", "plan.json", Buffer.from("{}"));
  expect(new Buckets(["results"]).list("results").keys).toEqual([]);
});
