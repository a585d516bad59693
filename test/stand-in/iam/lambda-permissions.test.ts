import { expect, test } from "vitest";
import { apiMayInvoke, authoriseRule } from "../../../stand-in/iam/lambda-permissions.ts";
import { graphOf } from "../templates.ts";
import { versioned } from "../versioned.ts";

const FUNCTION = { Type: "AWS::Lambda::Function", Properties: { FunctionName: "start", Role: "arn:role" } };
const functionArn = "arn:aws:lambda:rehearsal-1:000000000000:function:start";
const ruleArn = "arn:aws:events:rehearsal-1:000000000000:rule/deployed";

/** Whether a rule may call what is asked for, the function unless said, with this permission in the template. */
function may(permission: object, invokedArn = functionArn): boolean {
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
      invokedArn,
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

test("who may call an alias may not call its function, nor the other way round", () => {
  const alias = `${functionArn}:live`;
  expect([may({ FunctionName: alias }, alias), may({ FunctionName: alias })]).toEqual([true, false]);
  expect(may({}, alias)).toBe(false);
});

test("API Gateway may call an alias by a permission of its own", () => {
  const source = "arn:aws:execute-api:rehearsal-1:000000000000:api/$default/POST/orders";
  const Properties = {
    Action: "lambda:InvokeFunction",
    Principal: "apigateway.amazonaws.com",
    FunctionName: { Ref: "Live" },
  };
  const graph = graphOf({
    Start: FUNCTION,
    ...versioned({ Ref: "Start" }),
    May: { Type: "AWS::Lambda::Permission", Properties },
  });
  expect(apiMayInvoke(graph, `${functionArn}:live`, source)).toBe(true);
  expect(apiMayInvoke(graph, functionArn, source)).toBe(false);
});
