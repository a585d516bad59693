import { expect, test } from "vitest";
import { readFunctionName, unqualified } from "../../../../stand-in/templates/cfn/function-name.ts";

const ARN = "arn:aws:lambda:rehearsal-1:000000000000:function:orders";

test.each([
  ["orders", { name: "orders" }],
  ["orders:live", { name: "orders", qualifier: "live" }],
  ["000000000000:function:orders", { name: "orders" }],
  [ARN, { name: "orders" }],
  [`${ARN}:7`, { name: "orders", qualifier: "7" }],
  [`${ARN}:$LATEST`, { name: "orders", qualifier: "$LATEST" }],
])("%s", (text, named) => expect(readFunctionName(text)).toEqual(named));

test("of whatever is called, the function's own ARN", () => {
  expect([ARN, `${ARN}:live`, `${ARN}:$LATEST`].map(unqualified)).toEqual([ARN, ARN, ARN]);
  expect(unqualified("arn:aws:sqs:rehearsal-1:000000000000:orders")).toMatch(/:orders$/);
});
