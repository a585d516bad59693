/** Where the intrinsic functions of one template get their values from. */
export interface Scope {
  /** `Ref` of a resource, parameter or pseudo parameter. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  /** The value of one of the template's conditions; undefined when there is none of that name. */
  condition(name: string): boolean | undefined;
  mapping(map: string, first: string, second: string): unknown;
}

/** A template that cannot be hosted as it is: what it asks for, and why not. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
}

/** The value that CloudFormation would put in place of `AWS::NoValue`: the key around it goes away. */
export const NO_VALUE = Symbol("AWS::NoValue");

/** A value of a template with every intrinsic function replaced by its result. Throws on a function it does not know. */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, scope)).filter((item) => item !== NO_VALUE);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only) {
    const [key, argument] = only;
    if (key === "Ref") return scope.ref(String(argument));
    if (key.startsWith("Fn::")) return call(key, argument, scope);
    // Elsewhere `Condition` is a policy statement's key.
    if (key === "Condition" && typeof argument === "string") return scope.condition(argument) ?? value;
  }
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, resolve(inner, scope)] as const).filter(([, inner]) => inner !== NO_VALUE),
  );
}

type Intrinsic = (argument: never, scope: Scope) => unknown;

const FUNCTIONS: Record<string, Intrinsic> = {
  "Fn::GetAtt": (argument: string | [string, string], scope) => {
    const [logicalId = "", ...attribute] = typeof argument === "string" ? argument.split(".") : argument;
    return scope.getAtt(logicalId, attribute.join("."));
  },
  "Fn::Join": ([separator, parts]: [string, unknown], scope) => (resolve(parts, scope) as unknown[]).join(separator),
  "Fn::Sub": (argument: string | [string, Record<string, unknown>], scope) => {
    const [text, variables] = typeof argument === "string" ? [argument, {}] : argument;
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_match, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (name in variables) return String(resolve(variables[name], scope));
      const [logicalId = "", ...attribute] = name.split(".");
      return String(attribute.length > 0 ? scope.getAtt(logicalId, attribute.join(".")) : scope.ref(name));
    });
  },
  "Fn::Select": ([index, list]: [number | string, unknown], scope) =>
    (resolve(list, scope) as unknown[])[Number(index)],
  "Fn::Split": ([separator, text]: [string, unknown], scope) => String(resolve(text, scope)).split(separator),
  "Fn::If": ([name, yes, no]: [string, unknown, unknown], scope) => resolve(scope.condition(name) ? yes : no, scope),
  "Fn::Equals": ([a, b]: [unknown, unknown], scope) =>
    JSON.stringify(resolve(a, scope)) === JSON.stringify(resolve(b, scope)),
  "Fn::And": (parts: unknown[], scope) => parts.every((part) => resolve(part, scope) === true),
  "Fn::Or": (parts: unknown[], scope) => parts.some((part) => resolve(part, scope) === true),
  "Fn::Not": ([part]: [unknown], scope) => resolve(part, scope) !== true,
  "Fn::FindInMap": ([map, first, second]: [string, unknown, unknown], scope) =>
    scope.mapping(map, String(resolve(first, scope)), String(resolve(second, scope))),
  "Fn::GetAZs": (region: unknown, scope) =>
    ["a", "b", "c"].map((zone) => `${resolve(region, scope) || scope.ref("AWS::Region")}${zone}`),
  "Fn::Base64": (text: unknown, scope) => Buffer.from(String(resolve(text, scope))).toString("base64"),
};

function call(name: string, argument: unknown, scope: Scope): unknown {
  const intrinsic = FUNCTIONS[name];
  if (!intrinsic) throw new TemplateError(`The intrinsic function ${name} is not played.`);
  return intrinsic(argument as never, scope);
}
