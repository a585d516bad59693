/** Moments and what the clocks of a time zone show. Wall clocks are written as ISO 8601 without an offset. */

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en", {
    timeZone,
    calendar: "iso8601",
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  formats.set(timeZone, made);
  return made;
}

/** Whether it is the name of a time zone, such as `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** `2026-12-24T09:30:00`: what the clocks of the zone show. */
export function wallClock(at: Date, timeZone: string): string {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const { year, month, day, hour, minute, second } = parts;
  return `${year}-${month}-${day}T${hour}:${minute}:${second}`;
}

/** `2026-12-24`: the date of the zone. */
export const localDate = (at: Date, timeZone: string): string => wallClock(at, timeZone).slice(0, 10);

const DAY_MS = 86_400_000;

/**
 * The first moment at which the clocks of the zone show this; undefined when they never do, because they were put forward
 * over it.
 */
export function momentOf(wall: string, timeZone: string): Date | undefined {
  const asIfUtc = Date.parse(`${wall}Z`);
  // Clocks are not changed twice within two days, so that one of the offsets around it is the right one.
  const moments = [-DAY_MS, DAY_MS]
    .map((away) => new Date(asIfUtc - offsetMs(new Date(asIfUtc + away), timeZone)))
    .filter((moment) => wallClock(moment, timeZone) === wall);
  return moments.toSorted((one, other) => one.getTime() - other.getTime())[0];
}

const offsetMs = (at: Date, timeZone: string): number =>
  Date.parse(`${wallClock(at, timeZone)}Z`) - Math.floor(at.getTime() / 1000) * 1000;
