import { TemplateError } from "../templates/cfn/intrinsics.ts";

/** One statement of a policy document, resolved. Only what identity policies here use; anything else throws. */
export interface Statement {
  Effect: "Allow" | "Deny";
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface Request {
  readonly action: string;
  readonly resource: string;
  /** Condition keys such as `aws:ResourceTag/…` or `ecs:cluster`; a missing one is undefined. */
  readonly context: Readonly<Record<string, string | undefined>>;
}

/** Which statement decides: an explicit Deny before any Allow, and nothing means no (IAM user guide, "Policy evaluation logic"). */
export function decide(statements: readonly Statement[], request: Request): { allowed: boolean; by?: Statement } {
  const applying = statements.filter((statement) => applies(statement, request));
  const deny = applying.find((statement) => statement.Effect === "Deny");
  if (deny) return { allowed: false, by: deny };
  const allow = applying.find((statement) => statement.Effect === "Allow");
  return allow ? { allowed: true, by: allow } : { allowed: false };
}

/** Whether the statement is about the action, whatever it says of it. */
export const concerns = (statement: Statement, action: string): boolean =>
  list(statement.Action).some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()));

function applies(statement: Statement, request: Request): boolean {
  return (
    concerns(statement, request.action) &&
    list(statement.Resource).some((pattern) => matches(pattern, request.resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, expected]) => holds(operator, list(expected), request.context[key])),
    )
  );
}

type Operator = (expected: string, actual: string) => boolean;
const OPERATORS: Record<string, Operator> = {
  StringEquals: (expected, actual) => expected === actual,
  StringLike: (expected, actual) => matches(expected, actual),
  ArnEquals: (expected, actual) => matches(expected, actual),
  ArnLike: (expected, actual) => matches(expected, actual),
  Bool: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
};

function holds(operator: string, expected: string[], actual: string | undefined): boolean {
  if (operator === "Null") return expected.some((value) => (value === "true") === (actual === undefined));
  const ifExists = operator.endsWith("IfExists");
  const compare = OPERATORS[operator.replace(/IfExists$/, "")];
  if (!compare) throw new TemplateError(`The condition operator ${operator} is not played.`);
  if (actual === undefined) return ifExists;
  return expected.some((value) => compare(value, actual));
}

/** Patterns are those of the templates, so few that all of them may stay. */
const EXPRESSIONS = new Map<string, RegExp>();

/** IAM's wildcards: `*` is any run of characters, `?` is one. */
export function matches(pattern: string, text: string): boolean {
  const known = EXPRESSIONS.get(pattern);
  if (known) return known.test(text);
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const compiled = new RegExp(`^${expression}$`, "s");
  EXPRESSIONS.set(pattern, compiled);
  return compiled.test(text);
}

const list = (value: string | string[]) => (Array.isArray(value) ? value : [value]);
