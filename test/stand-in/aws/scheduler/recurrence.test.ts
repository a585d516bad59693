import { describe, expect, test } from "vitest";
import { BadExpression, recurrenceOf } from "../../../../stand-in/aws/scheduler/recurrence.ts";

/** The first times after a moment. */
function times(expression: string, { zone = "UTC", after = "2026-11-21T00:00:00Z", count = 3 } = {}): string[] {
  const recurrence = recurrenceOf(expression, zone, new Date(after));
  const found: string[] = [];
  for (let moment: Date | undefined = new Date(after); found.length < count; ) {
    moment = recurrence.after(moment);
    if (!moment) break;
    found.push(`${moment.toISOString().slice(0, 16)}Z`);
  }
  return found;
}

describe("a cron", () => {
  test.each<[string, string[]]>([
    ["cron(0 10 ? * TUE *)", ["2026-11-24T10:00Z", "2026-12-01T10:00Z", "2026-12-08T10:00Z"]],
    ["cron(0 10 ? * 3 *)", ["2026-11-24T10:00Z", "2026-12-01T10:00Z", "2026-12-08T10:00Z"]],
    ["cron(15 12 * * ? *)", ["2026-11-21T12:15Z", "2026-11-22T12:15Z", "2026-11-23T12:15Z"]],
    ["cron(0/20 * * * ? *)", ["2026-11-21T00:20Z", "2026-11-21T00:40Z", "2026-11-21T01:00Z"]],
    ["cron(0 8-17/8 ? * MON-FRI *)", ["2026-11-23T08:00Z", "2026-11-23T16:00Z", "2026-11-24T08:00Z"]],
    ["cron(0 10 L * ? *)", ["2026-11-30T10:00Z", "2026-12-31T10:00Z", "2027-01-31T10:00Z"]],
    ["cron(0 10 3W * ? *)", ["2026-12-03T10:00Z", "2027-01-04T10:00Z", "2027-02-03T10:00Z"]],
    ["cron(0 10 ? * 6L *)", ["2026-11-27T10:00Z", "2026-12-25T10:00Z", "2027-01-29T10:00Z"]],
    ["cron(0 10 ? * 6#2 *)", ["2026-12-11T10:00Z", "2027-01-08T10:00Z", "2027-02-12T10:00Z"]],
    ["cron(0 10 ? * L *)", ["2026-11-21T10:00Z", "2026-11-28T10:00Z", "2026-12-05T10:00Z"]],
    ["cron(0 10 1 JAN ? 2028)", ["2028-01-01T10:00Z"]],
    ["cron(0 10 1 1 ? 2020)", []],
  ])("%s", (expression, expected) => {
    expect(times(expression)).toEqual(expected);
  });

  test("goes by the clocks of its zone, in summer and in winter", () => {
    expect(times("cron(0 10 * * ? *)", { zone: "Europe/Berlin", after: "2026-10-23T12:00:00Z" })).toEqual([
      "2026-10-24T08:00Z",
      "2026-10-25T09:00Z",
      "2026-10-26T09:00Z",
    ]);
    expect(times("cron(30 18 ? * FRI *)", { zone: "Asia/Kathmandu", count: 1 })).toEqual(["2026-11-27T12:45Z"]);
  });

  test("does not come at a time that the clocks skip, and once at one that they show twice", () => {
    const daily = (after: string) => times("cron(30 2 * * ? *)", { zone: "Europe/Berlin", after });
    expect(daily("2026-03-27T12:00:00Z")).toEqual(["2026-03-28T01:30Z", "2026-03-30T00:30Z", "2026-03-31T00:30Z"]);
    expect(daily("2026-10-24T12:00:00Z")).toEqual(["2026-10-25T00:30Z", "2026-10-26T01:30Z", "2026-10-27T01:30Z"]);
    // Asked in the second of the two hours.
    expect(daily("2026-10-25T01:10:00Z")[0]).toBe("2026-10-26T01:30Z");
  });

  test.each([
    ["cron(0 10 * * TUE *)", "expected a ? either as the day of the month or as the day of the week"],
    ["cron(0 10 ? * ? *)", "expected a ? either"],
    ["cron(0 10 ? * TUE)", "expected the six fields of a cron"],
    ["cron(0 25 * * ? *)", "expected a cron, found 0 25 * * ? *"],
    ["cron(0 10 ? * 8 *)", "expected days of the week from 1 to 7"],
    ["every day at ten", "expected cron(…), rate(…) or at(…)"],
  ])("%s is refused with the reason", (expression, reason) => {
    expect(() => times(expression)).toThrow(BadExpression);
    expect(() => times(expression)).toThrow(reason);
  });
});

describe("a rate", () => {
  test("counts from its beginning, a day being 24 hours whatever the clocks do", () => {
    expect(times("rate(1 day)", { zone: "Europe/Berlin", after: "2026-10-24T12:00:00Z" })).toEqual([
      "2026-10-25T12:00Z",
      "2026-10-26T12:00Z",
      "2026-10-27T12:00Z",
    ]);
    const recurrence = recurrenceOf("rate(10 minutes)", "UTC", new Date("2026-11-21T00:00:00Z"));
    expect(recurrence.after(new Date("2026-11-21T05:05:00Z"))).toEqual(new Date("2026-11-21T05:10:00Z"));
  });

  test.each(["rate(0 minutes)", "rate(10 seconds)", "rate(ten minutes)", "rate()"])("%s is none", (expression) => {
    expect(() => times(expression)).toThrow("expected a rate such as 10 minutes or 7 days");
  });
});

describe("a time", () => {
  test("comes once, by the clocks of its zone", () => {
    expect(times("at(2026-12-01T10:00:00)", { zone: "Europe/Berlin" })).toEqual(["2026-12-01T09:00Z"]);
    expect(times("at(2026-12-01T10:00:00)", { after: "2026-12-01T10:00:00Z" })).toEqual([]);
  });

  test.each([
    ["at(2026-12-01)", "UTC"],
    ["at(2026-13-01T10:00:00)", "UTC"],
    ["at(2026-03-29T02:30:00)", "Europe/Berlin"],
  ])("%s in %s is none", (expression, zone) => {
    expect(() => times(expression, { zone })).toThrow(BadExpression);
  });
});
