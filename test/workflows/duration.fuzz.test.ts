import fc from "fast-check";
import { expect, test } from "vitest";
import { Duration, formatDuration, parseDuration } from "../../workflows/duration.ts";

const UNITS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;
type Unit = keyof typeof UNITS;

const wholeSeconds = fc.oneof(fc.nat(200_000), fc.nat(100_000_000));
const part = fc.tuple(fc.nat(500), fc.constantFrom<Unit>("d", "h", "m", "s"));

test("whole seconds read back as what they were", () => {
  fc.assert(
    fc.property(wholeSeconds, (seconds) => {
      expect(parseDuration(formatDuration(seconds))).toBe(seconds);
    }),
  );
});

test("a duration is the sum of its parts, in whatever order they stand", () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const text = parts.map(([amount, unit]) => `${amount}${unit}`).join("");
      expect(parseDuration(text)).toBe(parts.reduce((sum, [amount, unit]) => sum + amount * UNITS[unit], 0));
    }),
  );
});

test("larger units are written first, each part below one of the next larger unit", () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const text = parts.map(([amount, unit]) => `${amount}${unit}`).join("");
      const written = formatDuration(parseDuration(text));
      expect(written).toMatch(/^(?=.)(\d+d)?((\d|1\d|2[0-3])h)?([1-5]?\dm)?([1-5]?\ds)?$/);
    }),
  );
});

test("parts may have fractions", () => {
  expect(parseDuration("1.5h")).toBe(5400);
  expect(parseDuration("0.25s")).toBe(0.25);
});

test.each(["", "5", "m", "-5s", "5 m", "1h 30m", "5S", "1w", ".5h", "1e3s", "5s!", "٣s"])(
  "%j is no duration",
  (text) => {
    expect(() => parseDuration(text)).toThrow(`expected a duration such as 90s, 45m or 1h30m, found "${text}"`);
    expect(Duration.safeParse(text).error?.issues[0]?.message).toBe("expected a duration such as 90s, 45m or 1h30m");
  },
);
