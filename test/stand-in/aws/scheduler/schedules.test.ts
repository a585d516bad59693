import { describe, expect, test } from "vitest";
import { inVirtualTime } from "../../../../simulation/virtual-time.ts";
import type { Delivery } from "../../../../stand-in/aws/eventbridge/bus.ts";
import { readSchedule, startSchedules } from "../../../../stand-in/aws/scheduler/schedules.ts";
import { TemplateError } from "../../../../stand-in/templates/cfn/intrinsics.ts";
import { graphOf } from "../../templates.ts";

/** Every simulated history begins on Saturday, 21 November 2026, 09:00 UTC. */
const BEGIN = new Date("2026-11-21T09:00:00Z");
const resource = (
  ScheduleExpression: string,
  more: object = {},
  Input = '{"at":"<aws.scheduler.scheduled-time>"}',
) => ({
  Type: "AWS::Scheduler::Schedule",
  Properties: {
    ScheduleExpression,
    FlexibleTimeWindow: { Mode: "OFF" },
    Target: { Arn: "arn:target", RoleArn: "arn:role", Input },
    ...more,
  },
  Metadata: { "aws:cdk:path": "Test/Weekly/Resource" },
});
const graph = (...args: Parameters<typeof resource>) => graphOf({ Weekly: resource(...args) });
const schedule = (...args: Parameters<typeof resource>) =>
  readSchedule(graph(...args).ofType("AWS::Scheduler::Schedule")[0]!, BEGIN);

/** What a schedule delivers within so many days, and how many minutes after its beginning. */
function delivered(days: number, ...args: Parameters<typeof resource>): Promise<{ minutes: number; input: unknown }[]> {
  return inVirtualTime(1, async (time) => {
    const found: { minutes: number; input: unknown }[] = [];
    const note = ({ input }: Delivery) => void found.push({ minutes: time.elapsed() / 60_000, input });
    const stop = startSchedules(graph(...args), note);
    const hours = setInterval(() => {}, 3_600_000);
    await time.run(() => time.elapsed() > days * 86_400_000, 1e12);
    clearInterval(hours);
    stop();
    return found;
  });
}

describe("a schedule", () => {
  test("delivers at its times, and says which time it was", async () => {
    const found = await delivered(11, "cron(0 10 ? * TUE *)", { ScheduleExpressionTimezone: "Europe/Berlin" });
    expect(found).toEqual([
      { minutes: 3 * 1440, input: { at: "2026-11-24T09:00:00Z" } },
      { minutes: 10 * 1440, input: { at: "2026-12-01T09:00:00Z" } },
    ]);
  });

  test("delivers at some moment of its window, for the same time", async () => {
    const FlexibleTimeWindow = { Mode: "FLEXIBLE", MaximumWindowInMinutes: 30 };
    const found = await delivered(2, "cron(0 12 * * ? *)", { FlexibleTimeWindow });
    expect(found.map(({ input }) => input)).toEqual([{ at: "2026-11-21T12:00:00Z" }, { at: "2026-11-22T12:00:00Z" }]);
    for (const [day, { minutes }] of found.entries()) {
      expect(minutes).toBeGreaterThan(180 + day * 1440);
      expect(minutes).toBeLessThan(210 + day * 1440);
    }
    expect(found[0]!.minutes % 1440).not.toBe(found[1]!.minutes % 1440);
  });

  test("begins and ends with its dates", async () => {
    const dates = { StartDate: "2026-11-22T09:00:00Z", EndDate: "2026-11-24T09:00:00Z" };
    const found = await delivered(6, "rate(1 day)", dates);
    expect(found.map(({ minutes }) => minutes)).toEqual([1440, 2 * 1440]);
  });

  test("comes once for a time, however far away it is", async () => {
    const found = await delivered(120, "at(2027-02-01T10:00:00)");
    expect(found).toEqual([{ minutes: 72 * 1440 + 60, input: { at: "2027-02-01T10:00:00Z" } }]);
  });

  test("delivers nothing while it is disabled", async () => {
    expect(await delivered(2, "rate(1 hour)", { State: "DISABLED" })).toEqual([]);
  });
});

describe("a schedule that EventBridge Scheduler would refuse is refused before its time", () => {
  test.each([
    ["for its expression", "cron(0 10 * * TUE *)", {}, /^Schedule Test\/Weekly\/Resource: expected a \? either/],
    [
      "for its zone",
      "at(2027-02-01T10:00:00)",
      { ScheduleExpressionTimezone: "Mars/Olympus" },
      /^Schedule Test\/Weekly\/Resource: Invalid time zone/,
    ],
  ])("%s", (_what, expression, more, message) => {
    expect(() => schedule(expression, more)).toThrow(TemplateError);
    expect(() => schedule(expression, more)).toThrow(message);
  });

  test("for an attribute that is not played", () => {
    const { delivery } = schedule("rate(1 day)", {}, '{"n":"<aws.scheduler.attempt-number>"}');
    expect(() => delivery(BEGIN)).toThrow("<aws.scheduler.attempt-number> is not played");
  });
});
