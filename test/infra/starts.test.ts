import { EventField } from "aws-cdk-lib/aws-events";
import { describe, expect, test } from "vitest";
import { checkStarts, STARTS, type Start } from "../../infra/starts.ts";

const start = (changes: Partial<Start> = {}): Start => ({
  name: "weekly",
  drill: "control",
  schedule: "cron(0 10 ? * TUE *)",
  ...changes,
});

test("what is shipped has no mistakes, and does nothing before somebody enables it", () => {
  expect(() => checkStarts(STARTS)).not.toThrow();
  expect(STARTS.map(({ enabled }) => enabled)).toEqual([false, false]);
});

test("a drill may come from the event", () => {
  const named = { ...start(), event: { source: ["my.pipeline"] }, drill: EventField.fromPath("$.detail.drill") };
  expect(() => checkStarts([named])).not.toThrow();
});

describe("mistakes are refused before anything is deployed", () => {
  test.each<[string, Partial<Start>, string]>([
    [
      "a name",
      { name: "Weekly!" },
      'start "Weekly!": expected a name of lower-case letters, digits and -, at most 40 long',
    ],
    [
      "a drill",
      { drill: "controll" },
      'start "weekly": expected the name of a drill: api-throttle, bad-release, control, ',
    ],
    ["a zone", { timeZone: "Berlin" }, 'expected a time zone such as Europe/Berlin, found "Berlin"'],
    ["a date", { blackouts: ["24.12."] }, "expected a date such as 2026-12-24, or the first and the last of several"],
  ])("in %s", (_what, changes, sentence) => {
    expect(() => checkStarts([start(changes)])).toThrow(sentence);
  });

  test("all of them, those of several starts too", () => {
    const both = [start({ drill: "x", timeZone: "y" }), start({ blackouts: ["z"] })];
    expect(() => checkStarts(both)).toThrow(
      /^The starts of game days have mistakes:(\nstart "weekly": .*){3}\nexpected a name/,
    );
  });

  test("a name that another one has", () => {
    expect(() => checkStarts([start(), start()])).toThrow("found another start of this name");
  });
});
