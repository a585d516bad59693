import { describe, expect, test } from "vitest";
import { evaluate } from "../../../../stand-in/aws/cloudwatch/metric-math.ts";
import { TemplateError } from "../../../../stand-in/templates/cfn/intrinsics.ts";

const metrics = { errors: 6, requests: 120, m1: 2, none: undefined };
const value = (expression: string) => evaluate(expression, metrics);

describe("metric math", () => {
  test.each<[string, number | undefined]>([
    ["errors", 6],
    ["100 * errors / requests", 5],
    ["1 + 2 * 3", 7],
    ["(1 + 2) * 3", 9],
    ["8 / 4 / 2", 1],
    ["8 - 4 - 2", 2],
    ["-m1 * 3", -6],
    ["4 - -m1", 6],
    ["((m1))", 2],
    ["0.5*requests", 60],
    ["errors/requests*100", 5],
  ])("%s is %s", (expression, result) => {
    expect(value(expression)).toBe(result);
  });

  test("of a metric without data has none", () => {
    expect(value("none")).toBeUndefined();
    expect(value("100 * none / requests")).toBeUndefined();
    expect(value("0 * none")).toBeUndefined();
    expect(value("-none")).toBeUndefined();
  });

  test("divided by zero has no data, as CloudWatch gives no point then", () => {
    expect(evaluate("100 * errors / requests", { errors: 0, requests: 0 })).toBeUndefined();
    expect(value("1 + 1 / (m1 - 2)")).toBeUndefined();
  });
});

describe("what is not played is refused, by the whole expression", () => {
  test.each([
    "SUM(METRICS())",
    "FILL(errors, 0)",
    "IF(errors > 5, 1, 0)",
    "errors > 5",
    "m1 ^ 2",
    "[errors, requests]",
    "unknown + 1",
    "toString + 1",
    "errors +",
    "(errors",
    "errors)",
    "errors requests",
    "* 2",
    "",
  ])("%j", (expression) => {
    expect(() => value(expression)).toThrow(TemplateError);
    expect(() => value(expression)).toThrow(`The metric math "${expression}" is not played`);
  });
});
