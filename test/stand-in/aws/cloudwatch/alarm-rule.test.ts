import { describe, expect, test } from "vitest";
import { parseAlarmRule } from "../../../../stand-in/aws/cloudwatch/alarm-rule.ts";

const STATES: Record<string, "OK" | "ALARM" | "INSUFFICIENT_DATA"> = {
  on: "ALARM",
  off: "OK",
  dark: "INSUFFICIENT_DATA",
};
const holds = (rule: string) => parseAlarmRule(rule)((name) => STATES[name]);

describe("the rule of a composite alarm", () => {
  test.each([
    ['ALARM("on")', true],
    ["ALARM(off)", false],
    ['ALARM("off") OR ALARM("on")', true],
    ['ALARM("on") AND NOT ALARM("off")', true],
    // AND binds closer than OR, NOT closer than both.
    ['ALARM("on") OR ALARM("off") AND ALARM("off")', true],
    ['(ALARM("on") OR ALARM("off")) AND ALARM("off")', false],
    ['NOT OK("off") OR INSUFFICIENT_DATA("dark")', true],
    ['NOT (ALARM("on") OR FALSE)', false],
    ['ALARM("nobody knows it")', false],
    ["TRUE", true],
  ])("%s is %s", (rule, expected) => {
    expect(holds(rule)).toBe(expected);
  });

  test.each(["", 'ALARM("on"', 'ALARM("on") ALARM("off")', 'ALARM("on") OR', '(ALARM("on")', "BUSY(on)"])(
    "%s is refused",
    (rule) => {
      expect(() => parseAlarmRule(rule)).toThrow("expected");
    },
  );
});
