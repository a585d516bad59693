import { expect, test } from "vitest";
import { parseJson } from "../../workflows/json.ts";

test.each([
  ['{"a":1}', { a: 1 }],
  ["0", 0],
  ["null", null],
  ["{", undefined],
  ["", undefined],
  [null, undefined],
  [undefined, undefined],
])("%j is %j", (text, value) => {
  expect(parseJson(text)).toEqual(value);
});
