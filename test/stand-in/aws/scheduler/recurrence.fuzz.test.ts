import fc from "fast-check";
import { expect, test } from "vitest";
import { recurrenceOf } from "../../../../stand-in/aws/scheduler/recurrence.ts";
import { wallClock } from "../../../../workflows/local-time.ts";

/** Zones whose clocks are changed, at midnight and at half hours too, and some that stay as they are. */
const zone = fc.constantFrom(
  "Europe/Berlin",
  "America/New_York",
  "America/Santiago",
  "Australia/Lord_Howe",
  "Africa/Cairo",
  "Asia/Kathmandu",
  "UTC",
);
const minute = fc.uniqueArray(fc.constantFrom<number>(0, 10, 20, 30, 40, 50), { minLength: 1, maxLength: 3 });
const hour = fc.oneof(fc.constant("*"), fc.uniqueArray(fc.nat(23), { minLength: 1, maxLength: 4 }).map(String));
const weekday = fc.constantFrom("?", "MON-FRI", "SUN", "1,7");
const begin = fc
  .date({ min: new Date("2026-01-01T00:00:00Z"), max: new Date("2028-01-01T00:00:00Z"), noInvalidDate: true })
  .map((at) => new Date(Math.floor(at.getTime() / 60_000) * 60_000));

const DAYS: Record<string, readonly number[]> = {
  "?": [0, 1, 2, 3, 4, 5, 6],
  "MON-FRI": [1, 2, 3, 4, 5],
  SUN: [0],
  "1,7": [0, 6],
};
const MINUTES = 3 * 1440;

test("a cron comes at every minute that the clocks show as it says, each once, and at no other", () => {
  fc.assert(
    fc.property(zone, minute, hour, weekday, begin, (timeZone, minutes, hours, days, from) => {
      const to = new Date(from.getTime() + MINUTES * 60_000);
      const day = days === "?" ? "*" : "?";
      const { after } = recurrenceOf(`cron(${minutes} ${hours} ${day} * ${days} *)`, timeZone, from);
      const found: string[] = [];
      for (let at = after(from); at && at <= to; at = after(at)) found.push(at.toISOString());

      const shown = new Set<string>();
      const expected: string[] = [];
      // From two hours before, so that what was shown before is not taken for new.
      for (let ms = from.getTime() - 120 * 60_000; ms <= to.getTime(); ms += 60_000) {
        const wall = wallClock(new Date(ms), timeZone);
        const again = shown.has(wall);
        shown.add(wall);
        const [, hourShown = 0, minuteShown = 0] = /T(\d\d):(\d\d)/.exec(wall)!.map(Number);
        const asItSays =
          (hours === "*" || hours.split(",").map(Number).includes(hourShown)) &&
          minutes.includes(minuteShown) &&
          DAYS[days]!.includes(new Date(`${wall}Z`).getUTCDay());
        if (asItSays && !again && ms > from.getTime()) expected.push(new Date(ms).toISOString());
      }
      expect(found).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

test("a rate comes at equal distances from its beginning", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), zone, begin, fc.nat(10_000_000), (every, timeZone, from, laterMs) => {
      const moment = new Date(from.getTime() + laterMs * 1000);
      const next = recurrenceOf(`rate(${every} minutes)`, timeZone, from).after(moment)!;
      const everyMs = every * 60_000;
      expect((next.getTime() - from.getTime()) % everyMs).toBe(0);
      expect(next.getTime() - moment.getTime()).toBeGreaterThan(0);
      expect(next.getTime() - moment.getTime()).toBeLessThanOrEqual(everyMs);
    }),
  );
});
