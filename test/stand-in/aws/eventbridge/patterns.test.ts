import { describe, expect, test } from "vitest";
import { checkPattern, matchesPattern } from "../../../../stand-in/aws/eventbridge/patterns.ts";
import { TemplateError } from "../../../../stand-in/templates/cfn/intrinsics.ts";

const event = {
  source: "aws.states",
  "detail-type": "Step Functions Execution Status Change",
  detail: {
    status: "FAILED",
    attempts: 3,
    manual: false,
    error: null,
    tags: ["red", "green"],
    none: [],
    output: { key: "game-days/a.json" },
    steps: [
      { name: "Plan", ok: true },
      { name: "Deploy", ok: false },
    ],
  },
};
const matches = (detail: object) => matchesPattern({ detail }, event);

describe("an event pattern", () => {
  test.each<[string, object, boolean]>([
    ["exact text", { status: ["FAILED"] }, true],
    ["one of several", { status: ["ABORTED", "FAILED"] }, true],
    ["none of several", { status: ["ABORTED", "TIMED_OUT"] }, false],
    ["text is the same only in the same capitals", { status: ["failed"] }, false],
    ["exact number", { attempts: [3] }, true],
    ["a number is no text", { attempts: ["3"] }, false],
    ["exact truth", { manual: [false] }, true],
    ["null is null, not absent", { error: [null], other: [null] }, false],
    ["null", { error: [null] }, true],
    ["a list in the event: one of its members", { tags: ["green", "blue"] }, true],
    ["a list in the event: none of its members", { tags: ["blue"] }, false],
    ["deeper fields", { output: { key: ["game-days/a.json"] } }, true],
    ["a field where there is none", { status: { text: ["FAILED"] } }, false],
    ["a list of objects: one of them", { steps: { name: ["Deploy"] } }, true],
    ["a list of objects: one of them in all respects", { steps: { name: ["Deploy"], ok: [true] } }, false],
    ["all fields have to match", { status: ["FAILED"], attempts: [4] }, false],
    ["exists", { status: [{ exists: true }] }, true],
    ["exists, and does not", { missing: [{ exists: true }] }, false],
    ["exists not", { missing: [{ exists: false }] }, true],
    ["exists not, and does", { status: [{ exists: false }] }, false],
    ["exists not, nor does what would hold it", { missing: { deeper: [{ exists: false }] } }, true],
    ["a number within", { attempts: [{ numeric: [">", 2, "<=", 3] }] }, true],
    ["a number beyond", { attempts: [{ numeric: [">", 3] }] }, false],
    ["numeric of a text is none", { status: [{ numeric: ["=", 3] }] }, false],
    ["prefix", { status: [{ prefix: "FAI" }] }, true],
    ["prefix of something else", { status: [{ prefix: "AIL" }] }, false],
    ["prefix of a number is none", { attempts: [{ prefix: "3" }] }, false],
    ["suffix", { output: { key: [{ suffix: ".json" }] } }, true],
    ["suffix of something else", { output: { key: [{ suffix: ".jso" }] } }, false],
    ["anything but", { status: [{ "anything-but": "SUCCEEDED" }] }, true],
    ["anything but, and it is that", { status: [{ "anything-but": ["SUCCEEDED", "FAILED"] }] }, false],
    ["anything but, and there is nothing", { missing: [{ "anything-but": "x" }] }, false],
    ["whatever the capitals", { status: [{ "equals-ignore-case": "failed" }] }, true],
    ["a comparison beside exact values", { status: ["RUNNING", { prefix: "F" }] }, true],
    ["$or, the one", { $or: [{ status: ["FAILED"] }, { attempts: [9] }] }, true],
    ["$or, the other", { $or: [{ status: ["RUNNING"] }, { attempts: [3] }] }, true],
    ["$or, neither", { $or: [{ status: ["RUNNING"] }, { attempts: [9] }] }, false],
    ["$or beside a field", { manual: [true], $or: [{ status: ["FAILED"] }] }, false],
  ])("%s", (_what, detail, expected) => {
    expect(matches(detail)).toBe(expected);
  });

  test("on the envelope", () => {
    expect(matchesPattern({ source: ["aws.states"] }, event)).toBe(true);
    expect(matchesPattern({ source: [{ prefix: "aws." }], account: ["1"] }, event)).toBe(false);
  });
});

describe("what is not played is named, however far an event would get", () => {
  test.each<[object, string]>([
    [{ source: ["none"], detail: { attempts: [{ numeric: ["is", 3] }] } }, "numeric"],
    [{ detail: { status: ["RUNNING", { wildcard: "F*" }] } }, "wildcard"],
    [{ detail: { status: [{ prefix: { "equals-ignore-case": "f" } }] } }, "prefix"],
    [{ detail: { status: [{ "anything-but": { prefix: "F" } }] } }, "anything-but"],
    [{ $or: [{ source: ["a"] }, { source: [{ cidr: "10.0.0.0/8" }] }] }, "cidr"],
    [{ detail: "FAILED" }, "has to be an object"],
  ])("%j", (pattern, named) => {
    expect(() => checkPattern(pattern)).toThrow(TemplateError);
    expect(() => checkPattern(pattern)).toThrow(named);
  });

  test("what is played is not", () => {
    const played = {
      source: ["a", null, { exists: false }],
      detail: { b: [{ "anything-but": ["x", 1] }], c: { d: [1] } },
    };
    expect(() => checkPattern({ ...played, $or: [{ e: [{ suffix: "x" }] }] })).not.toThrow();
  });
});
