import { expect, test } from "vitest";
import { authoriseRule } from "../../../rehearsal/iam/lambda-permissions.ts";
import { graphOf } from "../templates.ts";

const FUNCTION = { Type: "AWS::Lambda::Function", Properties: { FunctionName: "start", Role: "arn:role" } };
const functionArn = "arn:aws:lambda:rehearsal-1:000000000000:function:start";
const ruleArn = "arn:aws:events:rehearsal-1:000000000000:rule/deployed";

/** Whether a rule may call the function, with this permission in the template. */
function may(permission: object): boolean {
  const Properties = {
    Action: "lambda:InvokeFunction",
    FunctionName: { "Fn::GetAtt": ["Start", "Arn"] },
    Principal: "events.amazonaws.com",
    SourceArn: ruleArn,
    ...permission,
  };
  try {
    authoriseRule(
      graphOf({ Start: FUNCTION, May: { Type: "AWS::Lambda::Permission", Properties } }),
      ruleArn,
      functionArn,
    );
    return true;
  } catch (error) {
    expect(error).toMatchObject({ name: "AccessDeniedException", message: expect.stringContaining(ruleArn) });
    return false;
  }
}

test("a rule may call a function whose own policy says so", () => {
  expect(may({})).toBe(true);
  expect(may({ FunctionName: { Ref: "Start" } })).toBe(true);
  expect(may({ SourceArn: "arn:aws:events:rehearsal-1:000000000000:rule/*" })).toBe(true);
});

test.each([
  ["somebody else", { Principal: "s3.amazonaws.com" }],
  ["another rule", { SourceArn: "arn:aws:events:rehearsal-1:000000000000:rule/other" }],
  ["another function", { FunctionName: "stop" }],
  ["something else", { Action: "lambda:GetFunction" }],
])("a policy for %s does not help it", (_what, permission) => {
  expect(may(permission)).toBe(false);
});
