import { join, relative } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyOfPath, pathOfKey } from "../../../../stand-in/aws/s3/object-path.ts";

const part = fc.oneof(
  fc.constantFrom("", ".", "..", "...", "%", "%2E", "a.json@new", "C:", "con", "ä", "a b", "~"),
  fc.string({ unit: "grapheme", maxLength: 12 }),
);
const key = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/"));

describe("the path of a key", () => {
  test("leads back to the key", () => {
    fc.assert(
      fc.property(key, (any) => {
        expect(keyOfPath(pathOfKey(any))).toBe(any);
      }),
    );
  });

  test("stays in its folder, with a name for each part", () => {
    fc.assert(
      fc.property(key, (any) => {
        const path = pathOfKey(any);
        expect(relative("/objects", join("/objects", path))).toBe(path);
        expect(path).not.toContain("@");
      }),
    );
  });

  test("is the key itself for the keys of a game day", () => {
    const usual = "game-days/short-20261121-091500/load/blocks/1795255806-000.json";
    expect(pathOfKey(usual)).toBe(usual);
  });
});
