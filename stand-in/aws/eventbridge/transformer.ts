import { TemplateError } from "../../templates/cfn/intrinsics.ts";
import type { Event } from "./patterns.ts";

/** A rule target's `InputTransformer`. */
export interface InputTransformer {
  readonly InputPathsMap?: Readonly<Record<string, string>>;
  readonly InputTemplate: string;
}

const VARIABLE = /<([\w.-]+)>/g;

/** The one variable of EventBridge's own that is played: the whole event. */
const OWN = /^aws\.events\.event(\.json)?$/;

/** Variables that the template names and nobody has: not its paths, and not EventBridge itself as far as it is played. */
export function unknownVariables({ InputPathsMap = {}, InputTemplate }: InputTransformer): string[] {
  const used = [...InputTemplate.matchAll(VARIABLE)].map(([, name]) => name!);
  return used.filter((name) => !(name in InputPathsMap) && !OWN.test(name));
}

/** The input that a target gets of an event. A path that leads nowhere gives an empty text, as on AWS. */
export function transform({ InputPathsMap = {}, InputTemplate }: InputTransformer, event: Event): unknown {
  const resolved = (name: string) => valueAt(event, InputPathsMap[name] ?? "$") ?? "";
  const inText = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));
  const text = InputTemplate.replace(/"(?:[^"\\]|\\.)*"|<[\w.-]+>/g, (part) =>
    part.startsWith('"')
      ? part.replace(VARIABLE, (_variable, name: string) => JSON.stringify(inText(resolved(name))).slice(1, -1))
      : JSON.stringify(resolved(part.slice(1, -1))),
  );
  try {
    return JSON.parse(text);
  } catch {
    throw new TemplateError(`The input template ${InputTemplate} does not make JSON: ${text}`);
  }
}

const valueAt = (event: unknown, path: string): unknown =>
  path
    .replace(/^\$/, "")
    .split(/[.[\]'"]+/)
    .filter((key) => key !== "")
    .reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], event);
