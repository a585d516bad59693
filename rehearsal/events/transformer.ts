import { TemplateError } from "../cfn/intrinsics.ts";
import type { Event } from "./patterns.ts";

/** A rule target's `InputTransformer`. */
export interface InputTransformer {
  readonly InputPathsMap?: Readonly<Record<string, string>>;
  readonly InputTemplate: string;
}

/** Variables that EventBridge knows without a path. */
const OWN = /^aws\.events\./;

/** Variables that the template names and the paths do not have. EventBridge refuses such a target. */
export function unknownVariables({ InputPathsMap = {}, InputTemplate }: InputTransformer): string[] {
  const used = [...InputTemplate.matchAll(/<([\w.-]+)>/g)].map(([, name]) => name!);
  return used.filter((name) => !(name in InputPathsMap) && !OWN.test(name));
}

/** The input that a target gets of an event. A path that leads nowhere gives an empty text, as on AWS. */
export function transform({ InputPathsMap = {}, InputTemplate }: InputTransformer, event: Event): unknown {
  const text = InputTemplate.replace(/"?<([\w.-]+)>"?/g, (match, name: string) => {
    const value = valueAt(event, InputPathsMap[name] ?? "$");
    const quoted = match.startsWith('"') && match.endsWith('"');
    return quoted && typeof value !== "object" ? JSON.stringify(String(value ?? "")) : JSON.stringify(value ?? "");
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new TemplateError(`The input template ${InputTemplate} does not make JSON: ${text}`);
  }
}

const valueAt = (event: unknown, path: string): unknown =>
  path
    .replace(/^\$\.?/, "")
    .split(".")
    .filter((key) => key !== "")
    .reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], event);
