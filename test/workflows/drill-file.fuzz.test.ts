import fc from "fast-check";
import { expect, test } from "vitest";
import { readDrill } from "../../workflows/drill-file.ts";
import { planGameDay } from "../../workflows/plan.ts";
import { Plan } from "../../workflows/state.ts";
import { DRILL_TEXT, identity, target } from "./sample.ts";

/** Where somebody's editor slipped: so many characters gone, others in their place. */
const slip = fc.record({
  at: fc.nat(DRILL_TEXT.length),
  gone: fc.nat(8),
  come: fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom("*x", "&x ", "!!binary ", "{", "[", "- ", "\n", "? ", ": ", "|", "<<: ", "---\n", "%", "\t", "0s"),
  ),
});

const edited = fc
  .array(slip, { minLength: 1, maxLength: 3 })
  .map((slips) =>
    slips.reduce((text, { at, gone, come }) => `${text.slice(0, at)}${come}${text.slice(at + gone)}`, DRILL_TEXT),
  );

test("whatever somebody types, it makes a plan or what is wrong is said, with a line that the file has", () => {
  fc.assert(
    fc.property(fc.oneof(edited, fc.string({ unit: "grapheme" })), (text) => {
      const file = readDrill(text);
      if (file.ok) {
        for (const profile of ["full", "rehearsal"] as const) {
          const plan = planGameDay(file.drill, target, { ...identity, profile });
          expect(Plan.safeParse(plan).error?.message).toBeUndefined();
        }
        return;
      }
      expect(file.problems.length).toBeGreaterThan(0);
      for (const { line, column, message } of file.problems) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(text.split(/\r\n|\n|\r/).length);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(message).toMatch(/expected|missing|unknown key|not YAML/);
        expect(message).not.toMatch(/undefined|\[object/);
      }
      const lines = file.problems.map(({ line }) => line);
      expect(lines).toEqual(lines.toSorted((a, b) => a - b));
    }),
    { numRuns: 400 },
  );
});

test("an alias without its anchor is refused", () => {
  expect(readDrill("name: *nowhere\n")).toMatchObject({
    ok: false,
    problems: [{ message: expect.stringMatching(/^not YAML: /) }],
  });
});

test("a file made to eat memory is refused", () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${[..."bcdefgh"]
    .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[index]}`)}]`)
    .join("\n")}\n`;
  expect(readDrill(bomb)).toMatchObject({ ok: false });
});
