import fc from "fast-check";
import { expect, test } from "vitest";
import { evaluate } from "../../../../stand-in/aws/cloudwatch/metric-math.ts";

const METRICS = { a: 3, b: 0.25, errors: 7, m1: 120 };

/** An expression with every way to write one: operators side by side, signs, parentheses, more or less space. */
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom(...Object.keys(METRICS), "0", "2", "10", "0.5"),
    fc
      .tuple(tie("expression"), fc.constantFrom("+", "-", "*", "/"), tie("expression"), fc.constantFrom("", " ", "  "))
      // Two signs without a space between them would be another operator to JavaScript.
      .map(([left, operator, right, space]) => `${left}${space}${operator}${space || " "}${right}`),
    tie("expression").map((inner) => `(${inner})`),
    tie("expression").map((inner) => `-(${inner})`),
  ),
}));

/** What JavaScript makes of it: the same precedence, but numbers for a division by zero. */
function byJavaScript(expression: string): number {
  const names = Object.keys(METRICS);
  return new Function(...names, `return ${expression};`)(...Object.values(METRICS)) as number;
}

test("every expression has the value that JavaScript gives it", () => {
  fc.assert(
    fc.property(expression, (expression) => {
      const mine = evaluate(expression, METRICS);
      const javaScript = byJavaScript(expression);
      if (!Number.isFinite(javaScript)) expect(mine).toBeUndefined();
      // Where something is divided by zero there is no value, though JavaScript may go on with it: 1 / (1 / 0) is 0.
      else if (mine === undefined) expect(expression).toContain("/");
      else expect(mine).toBe(javaScript);
    }),
    { numRuns: 2000 },
  );
});

test("one metric without data leaves the whole without", () => {
  fc.assert(
    fc.property(expression, fc.constantFrom(...Object.keys(METRICS)), (expression, missing) => {
      const used = new RegExp(`\\b${missing}\\b`).test(expression);
      const value = evaluate(expression, { ...METRICS, [missing]: undefined });
      if (used) expect(value).toBeUndefined();
      else expect(value).toBe(evaluate(expression, METRICS));
    }),
  );
});

test("any text is an expression or is refused by name; nothing else is thrown", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom("a", "b", "1", ".", "+", "-", "*", "/", "(", ")", " ", "S", ",") }),
      (text) => {
        try {
          evaluate(text, METRICS);
        } catch (error) {
          expect(error).toMatchObject({ name: "TemplateError" });
        }
      },
    ),
  );
});
