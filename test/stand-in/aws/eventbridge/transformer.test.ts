import { describe, expect, test } from "vitest";
import { transform, unknownVariables } from "../../../../stand-in/aws/eventbridge/transformer.ts";
import { TemplateError } from "../../../../stand-in/templates/cfn/intrinsics.ts";

const event = {
  source: "aws.states",
  "detail-type": "Execution Status Change",
  detail: { name: 'day "1"', status: "FAILED", attempts: 3, output: { ok: false }, steps: [{ id: "a" }, { id: "b" }] },
};
const paths = {
  name: "$.detail.name",
  status: "$.detail.status",
  attempts: "$.detail.attempts",
  output: "$.detail.output",
  second: "$.detail.steps[1].id",
  type: "$['detail-type']",
  nowhere: "$.detail.missing.deeper",
  all: "$",
};
const made = (InputTemplate: string) => transform({ InputPathsMap: paths, InputTemplate }, event);

describe("the input that a target gets", () => {
  test.each<[string, string, unknown]>([
    ["text, as it stands in the event", '{"x":<status>}', { x: "FAILED" }],
    ["text between quotes is not quoted twice", '{"x":"<status>"}', { x: "FAILED" }],
    ["quotes in the text are kept", '{"x":<name>,"y":"<name>"}', { x: 'day "1"', y: 'day "1"' }],
    ["a sentence made of several", '"<name> is <status> after <attempts>"', 'day "1" is FAILED after 3'],
    ["a number is a number", '{"x":<attempts>}', { x: 3 }],
    ["a number between quotes is text", '{"x":"<attempts>"}', { x: "3" }],
    ["an object is an object", '{"x":<output>}', { x: { ok: false } }],
    ["a member of a list", '{"x":<second>}', { x: "b" }],
    ["a key that has to be quoted", '{"x":<type>}', { x: "Execution Status Change" }],
    ["a path that leads nowhere is an empty text", '{"x":<nowhere>,"y":"<nowhere>!"}', { x: "", y: "!" }],
    ["the whole event", "<all>", event],
    ["a template without variables", '{"x":1}', { x: 1 }],
  ])("%s", (_what, template, input) => {
    expect(made(template)).toEqual(input);
  });

  test("a template that does not make JSON is named", () => {
    expect(() => made('{"x":<status>')).toThrow(TemplateError);
    expect(() => made('{"x":<status>')).toThrow('The input template {"x":<status> does not make JSON');
  });
});

describe("variables that the paths do not have", () => {
  test("are found, wherever they stand", () => {
    const InputTemplate = '{"x":<status>,"y":"<stauts> <nmae>"}';
    expect(unknownVariables({ InputPathsMap: paths, InputTemplate })).toEqual(["stauts", "nmae"]);
    expect(unknownVariables({ InputTemplate: "<status>" })).toEqual(["status"]);
  });

  test("are not those that EventBridge knows by itself", () => {
    expect(unknownVariables({ InputTemplate: '{"e":<aws.events.event.json>}' })).toEqual([]);
  });
});
