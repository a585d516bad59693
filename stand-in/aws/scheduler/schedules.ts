import type { Graph, Resource } from "../../templates/cfn/graph.ts";
import { TemplateError } from "../../templates/cfn/intrinsics.ts";
import { plain, type Types } from "../../templates/cfn/naming.ts";
import type { Delivery } from "../eventbridge/bus.ts";
import { BadExpression, type Recurrence, recurrenceOf } from "./recurrence.ts";

interface RawSchedule {
  ScheduleExpression: string;
  ScheduleExpressionTimezone?: string;
  FlexibleTimeWindow: { Mode: "OFF" | "FLEXIBLE"; MaximumWindowInMinutes?: number };
  StartDate?: string;
  EndDate?: string;
  State?: string;
  Target: { Arn: string; RoleArn: string; Input?: string };
}

/** A schedule of the templates. */
export interface Schedule {
  readonly path: string;
  readonly expression: string;
  readonly timeZone: string;
  /** How long after its time it may come. */
  readonly windowMinutes: number;
  readonly enabled: boolean;
  /** The first time after this moment; undefined when there is none any more. */
  after(moment: Date): Date | undefined;
  /** What it delivers for a time of its own. */
  delivery(scheduled: Date): Delivery;
}

/** Throws {@link TemplateError} for an expression that EventBridge Scheduler would refuse. A rate counts from `begin`. */
export function readSchedule({ path, arn = "", properties }: Resource, begin: Date): Schedule {
  const raw = properties as unknown as RawSchedule;
  const { ScheduleExpression: expression, ScheduleExpressionTimezone: timeZone = "UTC", Target, EndDate } = raw;
  const start = raw.StartDate === undefined ? undefined : new Date(raw.StartDate);
  const recurrence = played(path, expression, timeZone, start ?? begin);
  const { Mode, MaximumWindowInMinutes = 0 } = raw.FlexibleTimeWindow;
  return {
    path,
    expression,
    timeZone,
    windowMinutes: Mode === "FLEXIBLE" ? MaximumWindowInMinutes : 0,
    enabled: raw.State !== "DISABLED",
    after(moment) {
      // The first time may be the very beginning.
      const next = recurrence.after(start && start > moment ? new Date(start.getTime() - 1000) : moment);
      return next && (EndDate === undefined || next < new Date(EndDate)) ? next : undefined;
    },
    delivery: (scheduled) => ({
      rule: path,
      ruleArn: arn,
      targetArn: Target.Arn,
      roleArn: Target.RoleArn,
      input: JSON.parse(withContext(Target.Input ?? "{}", path, { "schedule-arn": arn, "scheduled-time": scheduled })),
    }),
  };
}

function played(path: string, expression: string, timeZone: string, begin: Date): Recurrence {
  try {
    return recurrenceOf(expression, timeZone, begin);
  } catch (error) {
    if (!(error instanceof BadExpression || error instanceof RangeError)) throw error;
    throw new TemplateError(`Schedule ${path}: ${error.message}.`);
  }
}

/** The input with the context attributes in it (EventBridge Scheduler user guide, "Adding context attributes"). */
function withContext(input: string, path: string, context: Record<string, string | Date>): string {
  return input.replace(/<aws\.scheduler\.([\w-]+)>/g, (attribute, name: string) => {
    const value = context[name];
    if (value === undefined) throw new TemplateError(`Schedule ${path}: the attribute ${attribute} is not played.`);
    return value instanceof Date ? `${value.toISOString().slice(0, 19)}Z` : value;
  });
}

/** Node's timers are no longer than this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * EventBridge Scheduler with the schedules of the templates. They are as old as the region: a rate's first time, which on
 * AWS is that of its creation, is past. Returns what ends it.
 */
export function startSchedules(graph: Graph, deliver: (delivery: Delivery) => void): () => void {
  const timers = new Set<NodeJS.Timeout>();
  const at = (moment: number, act: () => void) => {
    const leftMs = moment - Date.now();
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        if (leftMs > LONGEST_TIMER_MS) at(moment, act);
        else act();
      },
      Math.min(Math.max(0, leftMs), LONGEST_TIMER_MS),
    ).unref();
    timers.add(timer);
  };
  const follow = (schedule: Schedule, since: Date) => {
    const scheduled = schedule.after(since);
    if (!scheduled) return;
    at(scheduled.getTime(), () => {
      const act = () => deliver(schedule.delivery(scheduled));
      if (schedule.windowMinutes === 0) act();
      else at(scheduled.getTime() + Math.random() * schedule.windowMinutes * 60_000, act);
      follow(schedule, scheduled);
    });
  };
  const begin = new Date();
  for (const resource of graph.ofType("AWS::Scheduler::Schedule")) {
    const schedule = readSchedule(resource, begin);
    if (schedule.enabled) follow(schedule, begin);
  }
  return () => timers.forEach(clearTimeout);
}

export const schedulerTypes: Types = {
  "AWS::Scheduler::Schedule": plain("scheduler", (name) => `schedule/default/${name}`, "Name"),
};
