import { describe, expect, test } from "vitest";
import { Blackout, blackoutAt } from "../../workflows/blackouts.ts";

describe("a blackout", () => {
  test.each(["2026-12-24", "2026-12-21/2027-01-03", "2028-02-29", "2026-12-24/2026-12-24"])("%s is one", (text) => {
    expect(Blackout.safeParse(text).success).toBe(true);
  });

  test.each([
    "",
    "24.12.2026",
    "2026-02-29",
    "2027-01-03/2026-12-21",
    "2026-12-24/",
    "2026-12-24/25",
    20261224,
    "2026-12",
  ])("%j is none, and it is said what one is", (text) => {
    expect(Blackout.safeParse(text).error?.issues[0]?.message).toMatch(/^expected a date such as 2026-12-24/);
  });
});

describe("the blackout of a moment", () => {
  const blackouts = ["2026-04-03", "2026-12-21/2027-01-03"];
  const at = (moment: string, zone = "Europe/Berlin") => blackoutAt(new Date(moment), zone, blackouts);

  test("goes by the dates of the zone, from its first moment to its last", () => {
    expect(at("2026-04-02T21:59:59Z")).toBeUndefined();
    expect(at("2026-04-02T22:00:00Z")).toBe("2026-04-03");
    expect(at("2026-04-03T21:59:59Z")).toBe("2026-04-03");
    expect(at("2026-04-03T22:00:00Z")).toBeUndefined();
    expect(at("2026-04-03T22:00:00Z", "America/New_York")).toBe("2026-04-03");
  });

  test("has its first date and its last", () => {
    expect(at("2026-12-20T22:59:59Z")).toBeUndefined();
    expect(at("2026-12-20T23:00:00Z")).toBe("2026-12-21/2027-01-03");
    expect(at("2027-01-03T22:59:59Z")).toBe("2026-12-21/2027-01-03");
    expect(at("2027-01-03T23:00:00Z")).toBeUndefined();
  });
});
