/** Maps and lists as they stand in a template. */
type Json = unknown;

const isMap = (value: Json): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * What `Globals` says of a type, with what the resource itself says over it: maps are merged, lists are joined with the global
 * one first, and everything else is replaced (SAM developer guide, "Globals section", "Overridable").
 */
export function withGlobals(global: Json, own: Json): Json {
  if (own === undefined) return global;
  if (Array.isArray(global) && Array.isArray(own)) return [...global, ...own];
  if (!isMap(global) || !isMap(own)) return own;
  const keys = new Set([...Object.keys(global), ...Object.keys(own)]);
  return Object.fromEntries([...keys].map((key) => [key, withGlobals(global[key], own[key])]));
}
