import { describe, expect, test } from "vitest";
import { NO_VALUE, resolve, type Scope, TemplateError } from "../../../../stand-in/templates/cfn/intrinsics.ts";

const scope: Scope = {
  ref: (name) => ({ "AWS::Region": "here-1", "AWS::NoValue": NO_VALUE, Queue: "https://queue" })[name] ?? `ref-${name}`,
  getAtt: (logicalId, attribute) => `${logicalId}!${attribute}`,
  condition: (name) => ({ IsProduction: true, IsTest: false })[name],
  mapping: (map, first, second) => `${map}/${first}/${second}`,
};
const r = (value: unknown) => resolve(value, scope);

describe("each intrinsic function", () => {
  test.each<[string, unknown, unknown]>([
    ["Ref", { Ref: "Table" }, "ref-Table"],
    ["Fn::GetAtt, a list", { "Fn::GetAtt": ["Table", "Arn"] }, "Table!Arn"],
    ["Fn::GetAtt, a text", { "Fn::GetAtt": "Nested.Outputs.Url" }, "Nested!Outputs.Url"],
    ["Fn::Join", { "Fn::Join": ["-", ["a", { Ref: "B" }, "c"]] }, "a-ref-B-c"],
    ["Fn::Sub, a text", { "Fn::Sub": "x-${AWS::Region}-${Table.Arn}" }, "x-here-1-Table!Arn"],
    ["Fn::Sub, with variables", { "Fn::Sub": ["${a}/${Table}", { a: { Ref: "A" } }] }, "ref-A/ref-Table"],
    ["Fn::Sub, a literal", { "Fn::Sub": "${!Literal}" }, "${Literal}"],
    ["Fn::Select", { "Fn::Select": ["1", ["a", { Ref: "B" }]] }, "ref-B"],
    ["Fn::Split", { "Fn::Split": ["//", { Ref: "Queue" }] }, ["https:", "queue"]],
    ["Fn::Select of Fn::Split", { "Fn::Select": [1, { "Fn::Split": ["//", { Ref: "Queue" }] }] }, "queue"],
    ["Fn::If, yes", { "Fn::If": ["IsProduction", "yes", { "Fn::Unknown": 1 }] }, "yes"],
    ["Fn::If, no", { "Fn::If": ["IsTest", { "Fn::Unknown": 1 }, { Ref: "No" }] }, "ref-No"],
    ["Fn::Equals", { "Fn::Equals": [{ Ref: "AWS::Region" }, "here-1"] }, true],
    ["Fn::And", { "Fn::And": [{ Condition: "IsProduction" }, { Condition: "IsTest" }] }, false],
    ["Fn::Or", { "Fn::Or": [{ Condition: "IsProduction" }, { Condition: "IsTest" }] }, true],
    ["Fn::Not", { "Fn::Not": [{ Condition: "IsTest" }] }, true],
    ["Fn::FindInMap", { "Fn::FindInMap": ["Map", { Ref: "AWS::Region" }, "b"] }, "Map/here-1/b"],
    ["Fn::GetAZs", { "Fn::GetAZs": "" }, ["here-1a", "here-1b", "here-1c"]],
    ["Fn::Base64", { "Fn::Base64": "text" }, "dGV4dA=="],
  ])("%s", (_name, value, resolved) => {
    expect(r(value)).toEqual(resolved);
  });

  test("one that is unknown is named, never guessed", () => {
    expect(() => r({ deep: [{ "Fn::Transform": {} }] })).toThrow(TemplateError);
    expect(() => r({ deep: [{ "Fn::Transform": {} }] })).toThrow("The intrinsic function Fn::Transform is not played.");
  });
});

describe("what is none", () => {
  test("stays as it is", () => {
    const plain = { a: 1, b: [true, null, "text"], c: { Ref: "X", and: "more" } };
    expect(r(plain)).toEqual(plain);
  });

  test("the Condition of a policy's statement is left alone", () => {
    const statement = { Effect: "Allow", Condition: { StringEquals: { a: { Ref: "B" } } } };
    expect(r(statement)).toEqual({ Effect: "Allow", Condition: { StringEquals: { a: "ref-B" } } });
    expect(r({ Condition: { Bool: { x: "true" } } })).toEqual({ Condition: { Bool: { x: "true" } } });
    expect(r({ Condition: "NoneOfTheTemplate" })).toEqual({ Condition: "NoneOfTheTemplate" });
  });

  test("AWS::NoValue takes its key or its place in the list away", () => {
    expect(r({ a: { Ref: "AWS::NoValue" }, b: [1, { "Fn::If": ["IsTest", 2, { Ref: "AWS::NoValue" }] }] })).toEqual({
      b: [1],
    });
  });
});
