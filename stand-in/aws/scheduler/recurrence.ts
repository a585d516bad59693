import { Cron } from "croner";
import { momentOf, wallClock } from "../../../workflows/local-time.ts";

/** The moments of a schedule expression. */
export interface Recurrence {
  /** The first moment after this one; undefined when there is none any more. */
  after(moment: Date): Date | undefined;
}

/** An expression that EventBridge Scheduler would refuse, or that is not played. */
export class BadExpression extends Error {
  override readonly name = "BadExpression";
}

const MINUTES: Record<string, number> = { minute: 1, hour: 60, day: 24 * 60 };

/**
 * `cron(…)`, `rate(…)` or `at(…)` by the clocks of a time zone (EventBridge Scheduler user guide, "Schedule types"). A rate
 * counts from `begin`. Throws {@link BadExpression}.
 */
export function recurrenceOf(expression: string, timeZone: string, begin: Date): Recurrence {
  const [, kind, argument = ""] = /^(cron|rate|at)\((.*)\)$/.exec(expression) ?? [];
  switch (kind) {
    case "cron":
      return cron(argument, timeZone);
    case "rate":
      return rate(argument, begin);
    case "at":
      return at(argument, timeZone);
    default:
      throw new BadExpression(`expected cron(…), rate(…) or at(…), found ${expression}`);
  }
}

function rate(argument: string, begin: Date): Recurrence {
  const [, value, unit] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(argument) ?? [];
  if (!value || !unit) throw new BadExpression(`expected a rate such as 10 minutes or 7 days, found ${argument}`);
  const everyMs = Number(value) * MINUTES[unit]! * 60_000;
  // Counted by the clock: where one is put forward or back, a day of a rate is 24 hours all the same.
  return {
    after(moment) {
      const times = Math.floor((moment.getTime() - begin.getTime()) / everyMs);
      return new Date(begin.getTime() + (times + 1) * everyMs);
    },
  };
}

function at(argument: string, timeZone: string): Recurrence {
  const isWallClock = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(argument) && !Number.isNaN(Date.parse(`${argument}Z`));
  if (!isWallClock) throw new BadExpression(`expected a time such as 2026-12-01T10:00:00, found ${argument}`);
  const moment = momentOf(argument, timeZone);
  if (!moment) throw new BadExpression(`expected a time that there is in ${timeZone}, found ${argument}`);
  return { after: (since) => (moment > since ? moment : undefined) };
}

function cron(argument: string, timeZone: string): Recurrence {
  const pattern = clockPattern(argument);
  return {
    after(moment) {
      // As if the zone's clocks were those of UTC: what they skip is skipped, and what they repeat comes once.
      let wall: Date | null = new Date(`${wallClock(moment, timeZone)}Z`);
      for (;;) {
        wall = pattern.nextRun(wall);
        if (!wall) return undefined;
        const next = momentOf(wall.toISOString().slice(0, 19), timeZone);
        if (next && next > moment) return next;
      }
    },
  };
}

/** Minutes, hours, days of the month, months, days of the week from 1 on Sunday, years. */
function clockPattern(argument: string): Cron {
  const fields = argument.trim().split(/\s+/);
  const [minute, hour, day, month, weekday = "", year] = fields;
  if (fields.length !== 6) throw new BadExpression(`expected the six fields of a cron, found ${argument}`);
  if ((day === "?") === (weekday === "?")) {
    throw new BadExpression(`expected a ? either as the day of the month or as the day of the week, found ${argument}`);
  }
  if (/(^|[,-])[089]/.test(weekday)) throw new BadExpression(`expected days of the week from 1 to 7, found ${weekday}`);
  const days = [day, month, weekday === "L" ? "7" : weekday].map((field) => (field === "?" ? "*" : field));
  try {
    return new Cron(["0", minute, hour, ...days, year].join(" "), {
      paused: true,
      timezone: "UTC",
      mode: "7-part",
      alternativeWeekdays: true,
      // Lets a step begin at a number, 0/15, which AWS does too.
      sloppyRanges: true,
    });
  } catch (error) {
    throw new BadExpression(`expected a cron, found ${argument} (${(error as Error).message})`);
  }
}
