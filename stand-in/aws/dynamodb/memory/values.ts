/** A value as the document client hands it over. Sets, binary and numbers beyond JavaScript's are not played. */
export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type Item = { [attribute: string]: Value };

/** DynamoDB's name of a value's type. */
export type ValueType = "S" | "N" | "BOOL" | "NULL" | "L" | "M";

/** What the tables in memory cannot do; a rehearsal's DynamoDB may. */
export const notPlayed = (what: string): Error => new Error(`The tables in memory do not play ${what}.`);

export function typeOf(value: Value): ValueType {
  if (value === null) return "NULL";
  if (Array.isArray(value)) return "L";
  switch (typeof value) {
    case "string":
      return "S";
    case "number":
      return "N";
    case "boolean":
      return "BOOL";
    default:
      return "M";
  }
}

/** A deep copy of what DynamoDB can hold. Refuses what the document client's `marshall` refuses by default. */
export function copy(value: unknown): Value {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new Error(`Special numeric value ${value} is not allowed`);
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) throw new Error(`Number ${value} is greater than a safe integer.`);
    // There is no negative zero in DynamoDB.
    return value + 0;
  }
  if (Array.isArray(value)) return value.map(copy);
  if (value === undefined) {
    throw new Error("Pass options.removeUndefinedValues=true to remove undefined values from map/array/set.");
  }
  const prototype: unknown = typeof value === "object" ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== Object.prototype && prototype !== null) throw notPlayed(`values such as ${String(value)}`);
  const copied: Item = {};
  for (const key of Object.keys(value as object)) copied[key] = copy((value as Item)[key]);
  return copied;
}

/** Strings are ordered by their UTF-8 bytes, numbers by size (DynamoDB developer guide, "Query"). */
export function compare(a: Value, b: Value): number {
  if (a === b) return 0;
  if (typeof a === "string" && typeof b === "string" && (SURROGATES.test(a) || SURROGATES.test(b))) {
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  }
  return a! < b! ? -1 : 1;
}

/** UTF-16 orders these before U+E000 to U+FFFF, UTF-8 after them. */
const SURROGATES = /[\ud800-\udfff]/;

export function equal(a: Value | undefined, b: Value | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => equal(value, b[index]));
  }
  if (typeOf(a) !== "M" || typeOf(b) !== "M") return false;
  const keys = Object.keys(a as Item);
  return (
    keys.length === Object.keys(b as Item).length &&
    keys.every((key) => Object.hasOwn(b as Item, key) && equal((a as Item)[key], (b as Item)[key]))
  );
}

/** Bytes, about as DynamoDB counts them ("DynamoDB item sizes and formats"). */
export function sizeOf(value: Value): number {
  switch (typeof value) {
    case "string":
      return Buffer.byteLength(value);
    case "number":
      return 1 + Math.ceil(String(value).replace(/\D/g, "").length / 2);
    case "boolean":
      return 1;
  }
  if (value === null) return 1;
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + 1 + sizeOf(each), 3);
  return 3 + Object.keys(value).length + sizeOfItem(value);
}

export function sizeOfItem(item: Item): number {
  let size = 0;
  for (const [name, value] of Object.entries(item)) size += Buffer.byteLength(name) + sizeOf(value);
  return size;
}
