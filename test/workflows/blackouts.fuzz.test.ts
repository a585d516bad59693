import fc from "fast-check";
import { expect, test } from "vitest";
import { Blackout, blackoutAt } from "../../workflows/blackouts.ts";
import { localDate, momentOf, wallClock } from "../../workflows/local-time.ts";

const zone = fc.constantFrom(...Intl.supportedValuesOf("timeZone"), "UTC");
const moment = fc.date({
  min: new Date("2024-01-01T00:00:00Z"),
  max: new Date("2034-12-31T00:00:00Z"),
  noInvalidDate: true,
});
const DAY_MS = 86_400_000;
const dateOf = (at: Date) => at.toISOString().slice(0, 10);
const daysAfter = (date: string, days: number) => dateOf(new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS));

test("a date blacks out the moments that the zone's calendars show under it, and no others", () => {
  fc.assert(
    fc.property(moment, zone, fc.integer({ min: -3, max: 3 }), (at, timeZone, away) => {
      // Another way to the date: by the words of a calendar in Sweden, where dates are written so.
      const today = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" }).format(at);
      expect(blackoutAt(at, timeZone, [daysAfter(today, away)]) !== undefined).toBe(away === 0);
    }),
    { numRuns: 2000 },
  );
});

test("several dates in a row are the same as each of them", () => {
  fc.assert(
    fc.property(moment, zone, moment, fc.nat(20), (at, timeZone, first, length) => {
      const from = dateOf(first);
      const each = Array.from({ length: length + 1 }, (_, days) => daysAfter(from, days));
      const range = `${from}/${daysAfter(from, length)}`;
      expect(Blackout.safeParse(range).success).toBe(true);
      expect(blackoutAt(at, timeZone, [range]) !== undefined).toBe(blackoutAt(at, timeZone, each) !== undefined);
    }),
  );
});

test("what the clocks show leads back to the moment, or to the one before it at which they showed the same", () => {
  fc.assert(
    fc.property(moment, zone, (at, timeZone) => {
      const second = new Date(Math.floor(at.getTime() / 1000) * 1000);
      const back = momentOf(wallClock(second, timeZone), timeZone);
      expect(back).toBeDefined();
      expect(wallClock(back!, timeZone)).toBe(wallClock(second, timeZone));
      expect(back!.getTime()).toBeLessThanOrEqual(second.getTime());
      expect(second.getTime() - back!.getTime()).toBeLessThanOrEqual(3 * 3_600_000);
      expect(localDate(back!, timeZone)).toBe(localDate(second, timeZone));
    }),
    { numRuns: 2000 },
  );
});
