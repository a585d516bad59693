import { describe, expect, test } from "vitest";
import { isTimeZone, localDate, momentOf, wallClock } from "../../workflows/local-time.ts";

const iso = (moment: Date | undefined) => moment?.toISOString().slice(0, 19);

describe("what the clocks of a zone show", () => {
  test.each([
    ["2026-12-23T23:30:00Z", "Europe/Berlin", "2026-12-24T00:30:00"],
    ["2026-07-01T22:00:00Z", "Europe/Berlin", "2026-07-02T00:00:00"],
    ["2026-12-24T04:59:59Z", "America/New_York", "2026-12-23T23:59:59"],
    ["2026-12-24T10:00:00Z", "Pacific/Kiritimati", "2026-12-25T00:00:00"],
    ["2026-12-24T18:14:00Z", "Asia/Kathmandu", "2026-12-24T23:59:00"],
    ["2026-12-24T00:00:00Z", "UTC", "2026-12-24T00:00:00"],
  ])("%s in %s", (at, zone, wall) => {
    expect(wallClock(new Date(at), zone)).toBe(wall);
    expect(localDate(new Date(at), zone)).toBe(wall.slice(0, 10));
    expect(momentOf(wall, zone)).toEqual(new Date(at));
  });

  test("a time that they skip is never", () => {
    expect(momentOf("2026-03-29T02:30:00", "Europe/Berlin")).toBeUndefined();
    expect(iso(momentOf("2026-03-29T03:00:00", "Europe/Berlin"))).toBe("2026-03-29T01:00:00");
    expect(momentOf("2011-12-30T12:00:00", "Pacific/Apia")).toBeUndefined();
  });

  test("a time that they show twice is the first of the two", () => {
    expect(iso(momentOf("2026-10-25T02:30:00", "Europe/Berlin"))).toBe("2026-10-25T00:30:00");
    expect(wallClock(new Date("2026-10-25T01:30:00Z"), "Europe/Berlin")).toBe("2026-10-25T02:30:00");
  });
});

test("knows a time zone when it sees one", () => {
  expect(["UTC", "Europe/Berlin", "America/Argentina/Ushuaia"].filter((name) => !isTimeZone(name))).toEqual([]);
  expect(["", "Berlin", "Mars/Olympus"].filter(isTimeZone)).toEqual([]);
});
