import * as z from "zod";
import { localDate } from "./local-time.ts";

const EXPECTED = "expected a date such as 2026-12-24, or the first and the last of several: 2026-12-21/2027-01-03";

const isDate = (text: string): boolean => z.iso.date().safeParse(text).success;

/** A date, or the first and the last of several (an ISO 8601 interval, both included), on which no game day starts. */
export const Blackout = z.string({ error: EXPECTED }).refine(
  (text) => {
    const [first = "", last = first, ...more] = text.split("/");
    return more.length === 0 && isDate(first) && isDate(last) && first <= last;
  },
  { error: EXPECTED },
);

/** The blackout that the moment falls into, by the dates of the zone; undefined when it falls into none. */
export function blackoutAt(at: Date, timeZone: string, blackouts: readonly string[]): string | undefined {
  const date = localDate(at, timeZone);
  return blackouts.find((blackout) => {
    const [first = "", last = first] = blackout.split("/");
    return first <= date && date <= last;
  });
}
