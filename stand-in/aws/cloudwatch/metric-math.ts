import { TemplateError } from "../../templates/cfn/intrinsics.ts";

/**
 * Metric math as far as alarms of the templates use it: numbers, ids, `+ - * /` and parentheses. Undefined when a metric
 * in it has no data or something is divided by zero, as CloudWatch gives no point then.
 */
export function evaluate(expression: string, values: Readonly<Record<string, number | undefined>>): number | undefined {
  const tokens = expression.match(/\d+(?:\.\d+)?|[a-z]\w*|[-+*/()]|\S/gi) ?? [];
  let next = 0;
  const unknown = (): never => {
    throw new TemplateError(
      `The metric math "${expression}" is not played: only ids, numbers, + - * / and parentheses are.`,
    );
  };

  const sum = (): number | undefined => chain(product, { "+": (a, b) => a + b, "-": (a, b) => a - b });
  const product = (): number | undefined =>
    chain(factor, { "*": (a, b) => a * b, "/": (a, b) => (b === 0 ? undefined : a / b) });

  function chain(
    part: () => number | undefined,
    operators: Record<string, (a: number, b: number) => number | undefined>,
  ): number | undefined {
    let left = part();
    for (let operator = operators[tokens[next] ?? ""]; operator; operator = operators[tokens[next] ?? ""]) {
      next++;
      const right = part();
      left = left === undefined || right === undefined ? undefined : operator(left, right);
    }
    return left;
  }

  function factor(): number | undefined {
    const token = tokens[next++] ?? unknown();
    if (token === "(") {
      const inner = sum();
      if (tokens[next++] !== ")") unknown();
      return inner;
    }
    if (token === "-") {
      const negated = factor();
      return negated === undefined ? undefined : -negated;
    }
    if (/^\d/.test(token)) return Number(token);
    if (!Object.hasOwn(values, token) || tokens[next] === "(") unknown();
    return values[token];
  }

  const result = sum();
  if (next < tokens.length) unknown();
  return result;
}
