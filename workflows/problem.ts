import type { $ZodIssue } from "zod/v4/core";

/** Something wrong with a drill: where, and what was expected. `path` is the way to it, such as `["faults", 0, "function"]`. */
export interface Problem {
  path: (string | number)[];
  message: string;
}

/** zod's issue as sentences that say what was expected and what was found. */
export function toProblems(issue: $ZodIssue, raw: unknown): Problem[] {
  const path = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
  if (issue.code === "unrecognized_keys") {
    const siblings = Object.keys(valueAt(raw, path) ?? {}).filter((key) => !issue.keys.includes(key));
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key "${key}"; beside it stand ${siblings.join(", ") || "no known keys"} (see drill.schema.json for all)`,
    }));
  }
  if (issue.code === "invalid_key") {
    const why = issue.issues.map(({ message }) => message).join("; ");
    return [{ path, message: `${why}, found ${shorten(JSON.stringify(path.at(-1)))}` }];
  }
  const found = valueAt(raw, path);
  // zod's own sentences begin differently ("Too small: expected number to be >0"): keep what they expected.
  const sentence = /expected.*/.exec(issue.message)?.[0].replace(/, received.*$/, "") ?? `expected: ${issue.message}`;
  if (found === undefined) return [{ path, message: `missing: ${sentence}` }];
  return [{ path, message: `${sentence}, found ${shorten(JSON.stringify(found))}` }];
}

const shorten = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}...` : text);

function valueAt(value: unknown, path: readonly PropertyKey[]): object | undefined {
  return path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value) as
    | object
    | undefined;
}

/** `"a", "b" or "c"`: what was expected, when it is one of a few words. */
export function eitherOf(words: readonly string[]): string {
  const quoted = words.map((word) => `"${word}"`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
