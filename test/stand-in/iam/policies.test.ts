import { describe, expect, test } from "vitest";
import { decide, matches, type Statement } from "../../../stand-in/iam/policies.ts";
import { TemplateError } from "../../../stand-in/templates/cfn/intrinsics.ts";

const allow = (
  Action: string | string[],
  Resource: string | string[],
  Condition?: Statement["Condition"],
): Statement => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition ? { Condition } : {}),
});
const deny = (Action: string, Resource: string): Statement => ({ ...allow(Action, Resource), Effect: "Deny" });
const may = (
  statements: Statement[],
  action: string,
  resource: string,
  context: Record<string, string | undefined> = {},
) => decide(statements, { action, resource, context }).allowed;

describe("who may", () => {
  test("nobody, unless it is said", () => {
    expect(may([], "s3:GetObject", "arn:aws:s3:::b/k")).toBe(false);
    expect(may([allow("s3:PutObject", "*")], "s3:GetObject", "arn:aws:s3:::b/k")).toBe(false);
    expect(may([allow("s3:GetObject", "arn:aws:s3:::other/*")], "s3:GetObject", "arn:aws:s3:::b/k")).toBe(false);
  });

  test("whoever has one statement that says so", () => {
    const statements = [
      allow("s3:PutObject", "*"),
      allow(["s3:ListBucket", "s3:GetObject"], ["x", "arn:aws:s3:::b/*"]),
    ];
    expect(may(statements, "s3:GetObject", "arn:aws:s3:::b/k")).toBe(true);
  });

  test("nobody who is denied, whatever else is said and in whatever order", () => {
    const both = [allow("s3:*", "*"), deny("s3:Get*", "arn:aws:s3:::b/secret/*")];
    for (const statements of [both, both.toReversed()]) {
      expect(may(statements, "s3:GetObject", "arn:aws:s3:::b/secret/k")).toBe(false);
      expect(may(statements, "s3:GetObject", "arn:aws:s3:::b/k")).toBe(true);
    }
    expect(decide(both, { action: "s3:GetObject", resource: "arn:aws:s3:::b/secret/k", context: {} }).by).toBe(both[1]);
  });

  test("actions are the same in capitals, resources are not", () => {
    expect(may([allow("S3:getobject", "arn:aws:s3:::b/k")], "s3:GetObject", "arn:aws:s3:::b/k")).toBe(true);
    expect(may([allow("s3:GetObject", "arn:aws:s3:::b/K")], "s3:GetObject", "arn:aws:s3:::b/k")).toBe(false);
  });
});

describe("wildcards", () => {
  test.each([
    ["*", "", true],
    ["*", "anything/at:all\nof it", true],
    ["a*", "a", true],
    ["a*c", "abbbc", true],
    ["a*c", "abbb", false],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["a.c", "abc", false],
    ["a+", "aa", false],
    ["(a)[b]{c}$^|\\", "(a)[b]{c}$^|\\", true],
    ["arn:aws:lambda:*:*:function:orders-*", "arn:aws:lambda:eu:1:function:orders-x", true],
    ["arn:aws:lambda:*:*:function:orders-*", "xarn:aws:lambda:eu:1:function:orders-x", false],
  ])("%j and %j: %s", (pattern, text, same) => {
    expect(matches(pattern, text)).toBe(same);
  });
});

describe("conditions", () => {
  const on = (Condition: NonNullable<Statement["Condition"]>, context: Record<string, string | undefined>) =>
    may([allow("a:B", "*", Condition)], "a:B", "x", context);

  test.each<[string, NonNullable<Statement["Condition"]>, Record<string, string>, boolean]>([
    ["StringEquals", { StringEquals: { k: "v" } }, { k: "v" }, true],
    ["StringEquals knows no wildcards", { StringEquals: { k: "v*" } }, { k: "vv" }, false],
    ["StringEquals, one of several", { StringEquals: { k: ["a", "v"] } }, { k: "v" }, true],
    ["StringLike", { StringLike: { k: "v*" } }, { k: "vv" }, true],
    ["StringLike, any", { StringLike: { "aws:ResourceTag/t": "*" } }, { "aws:ResourceTag/t": "" }, true],
    ["ArnEquals", { ArnEquals: { k: "arn:*:cluster/c" } }, { k: "arn:aws:cluster/c" }, true],
    ["ArnLike", { ArnLike: { k: "arn:*" } }, { k: "nra" }, false],
    ["Bool", { Bool: { k: "true" } }, { k: "True" }, true],
    ["Null, and it is there", { Null: { k: "true" } }, { k: "v" }, false],
    ["Null, and it is not there", { Null: { k: "true" } }, {}, true],
    ["not Null", { Null: { k: "false" } }, { k: "v" }, true],
    ["a key that is not there", { StringEquals: { k: "v" } }, {}, false],
    ["a key that need not be there", { StringEqualsIfExists: { k: "v" } }, {}, true],
    ["one that need not, but is", { StringEqualsIfExists: { k: "v" } }, { k: "w" }, false],
    ["all keys have to hold", { StringEquals: { k: "v", l: "w" } }, { k: "v" }, false],
    ["all operators have to hold", { StringEquals: { k: "v" }, Bool: { l: "true" } }, { k: "v", l: "false" }, false],
  ])("%s", (_what, condition, context, holds) => {
    expect(on(condition, context)).toBe(holds);
  });

  test("an operator that is not played is an error that names it, also where it would only narrow", () => {
    expect(() => on({ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }, {})).toThrow(TemplateError);
    expect(() => on({ IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }, {})).toThrow("IpAddress");
  });
});
