import fc from "fast-check";
import { expect, test } from "vitest";
import { checkPattern, matchesPattern } from "../../../../stand-in/aws/eventbridge/patterns.ts";

type Leaf = string | number | boolean | null;
type Fields = { [key: string]: Leaf | Leaf[] | Fields };

const key = fc.string({ unit: "grapheme", maxLength: 6 }).filter((text) => text !== "$or" && text !== "__proto__");
const leaf: fc.Arbitrary<Leaf> = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.constant(null),
);
const { event } = fc.letrec<{ event: Fields; value: Leaf | Leaf[] | Fields }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(leaf, { minLength: 1, maxLength: 3 }), tie("event")),
  event: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
}));

/** The pattern made of an event's own fields. */
function patternOf(fields: Fields): object {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => {
      if (Array.isArray(value)) return [key, value];
      return [key, typeof value === "object" && value !== null ? patternOf(value) : [value]];
    }),
  );
}

/** An empty object in an event is no field that a pattern could ask for. */
const leavesOf = (fields: Fields, path: string[] = []): string[][] =>
  Object.entries(fields).flatMap(([key, value]) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? leavesOf(value, [...path, key])
      : [[...path, key]],
  );

test("an event matches the pattern made of its own fields", () => {
  fc.assert(
    fc.property(event, (event) => {
      expect(() => checkPattern(patternOf(event))).not.toThrow();
      expect(matchesPattern(patternOf(event), event)).toBe(true);
    }),
  );
});

test("and still does with more alternatives in the pattern, or more fields in the event", () => {
  fc.assert(
    fc.property(event, event, leaf, (event, more, other) => {
      const wider = JSON.parse(JSON.stringify(patternOf(event)), (_key, value) =>
        Array.isArray(value) ? [other, ...value] : value,
      );
      expect(matchesPattern(wider, JSON.parse(JSON.stringify(event)))).toBe(true);
      expect(matchesPattern(patternOf(event), { ...more, ...event })).toBe(true);
    }),
  );
});

test("but does not match without one of the fields that the pattern asks for", () => {
  fc.assert(
    fc.property(
      event.filter((event) => leavesOf(event).length > 0),
      fc.nat(),
      (event, which) => {
        const leaves = leavesOf(event);
        const path = leaves[which % leaves.length]!;
        const poorer = structuredClone(event);
        const parent = path.slice(0, -1).reduce<Fields>((inner, key) => inner[key] as Fields, poorer);
        delete parent[path.at(-1)!];
        expect(matchesPattern(patternOf(event), poorer)).toBe(false);
      },
    ),
  );
});
