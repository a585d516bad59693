import { ACCOUNT } from "../../stand-in/templates/cfn/naming.ts";

const MOTO_ACCOUNT = "123456789012";
/** UUIDs, ids of FIS, and 32 digits of hexadecimal. */
const RANDOM = /\bEX[TP][\da-f]{14}\b|\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b|\b[\da-f]{32}\b/g;

/**
 * A value with what may differ between two regions written alike: times as "a time", random ids by the order in which they
 * come, so that the same id twice is still the same twice. Without `undefined`, which the SDK has or has not.
 */
export function normalForm(value: unknown): unknown {
  const ids = new Map<string, string>();
  const idOf = (found: string) => {
    if (!ids.has(found)) ids.set(found, `id ${ids.size + 1}`);
    return ids.get(found)!;
  };
  const normal = (part: unknown): unknown => {
    if (part instanceof Date) return "a time";
    if (typeof part === "string") return part.replaceAll(MOTO_ACCOUNT, ACCOUNT).replaceAll(RANDOM, idOf);
    if (Array.isArray(part)) return part.map(normal);
    if (typeof part !== "object" || part === null) return part;
    const entries = Object.entries(part).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(entries.map(([key, inner]) => [key, normal(inner)]));
  };
  return normal(value);
}
