import fc from "fast-check";
import { expect, test } from "vitest";
import { decide, matches, type Statement } from "../../../stand-in/iam/policies.ts";

const letters = fc.constantFrom("a", "b", "*", "?", ".", ":", "/");
const pattern = fc.array(letters, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));
const text = fc.string({ unit: fc.constantFrom("a", "b", ".", ":", "/"), maxLength: 5 });
const oneOrMore = (part: fc.Arbitrary<string>) => fc.oneof(part, fc.array(part, { minLength: 1, maxLength: 3 }));

const statement = (Effect: "Allow" | "Deny"): fc.Arbitrary<Statement> =>
  fc.record(
    {
      Effect: fc.constant(Effect),
      Action: oneOrMore(pattern),
      Resource: oneOrMore(pattern),
      Condition: fc.record({ StringLike: fc.record({ k: oneOrMore(pattern) }) }),
    },
    { requiredKeys: ["Effect", "Action", "Resource"] },
  );
const statements = fc.array(fc.oneof(statement("Allow"), statement("Allow"), statement("Deny")), { maxLength: 5 });
const request = fc.record({
  action: text,
  resource: text,
  context: fc.record({ k: fc.option(text, { nil: undefined }) }),
});

test("one more Allow never takes a permission away", () => {
  fc.assert(
    fc.property(statements, statement("Allow"), fc.nat(5), request, (some, more, at, asked) => {
      if (decide(some, asked).allowed) expect(decide(some.toSpliced(at, 0, more), asked).allowed).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("one more Deny never gives a permission", () => {
  fc.assert(
    fc.property(statements, statement("Deny"), fc.nat(5), request, (some, more, at, asked) => {
      if (!decide(some, asked).allowed) expect(decide(some.toSpliced(at, 0, more), asked).allowed).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test("the order of statements does not matter", () => {
  fc.assert(
    fc.property(statements, request, (some, asked) => {
      expect(decide(some.toReversed(), asked).allowed).toBe(decide(some, asked).allowed);
    }),
  );
});

/** The obvious definition of IAM's wildcards, letter by letter. */
function matchesByHand(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  const [first] = pattern;
  if (first === "*")
    return matchesByHand(pattern.slice(1), text) || (text !== "" && matchesByHand(pattern, text.slice(1)));
  return text !== "" && (first === "?" || first === text[0]) && matchesByHand(pattern.slice(1), text.slice(1));
}

test("wildcards match what they should, letter by letter", () => {
  fc.assert(
    fc.property(pattern, text, (pattern, text) => {
      expect(matches(pattern, text)).toBe(matchesByHand(pattern, text));
    }),
    { numRuns: 3000 },
  );
});
