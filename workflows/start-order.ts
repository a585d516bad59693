import * as z from "zod";
import { Blackout, blackoutAt } from "./blackouts.ts";
import { GameDayInput } from "./game-day-input.ts";
import { isTimeZone } from "./local-time.ts";

const Instant = z.iso.datetime();

/** A start's name begins the names of its executions, which have 80 characters, 36 of them an event's id. */
export const StartName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, {
  error: "expected a name of lower-case letters, digits and -, at most 40 long",
});

/** What makes a start the same start when it comes twice. */
const Occasion = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("schedule"), scheduledAt: Instant }),
  z.strictObject({ kind: z.literal("event"), id: z.string().regex(/^[\w-]{1,39}$/), at: Instant }),
]);

/** What a schedule or a rule tells the function that starts game days. */
export const StartOrder = z.strictObject({
  start: StartName,
  occasion: Occasion,
  input: GameDayInput,
  timeZone: z.string().refine(isTimeZone, { error: "expected a time zone such as Europe/Berlin" }),
  blackouts: z.array(Blackout),
});
export type StartOrder = z.infer<typeof StartOrder>;

/** The same for the same occasion, however often it comes: Step Functions starts one execution of a name. */
export function executionNameOf({ start, occasion }: Pick<StartOrder, "start" | "occasion">): string {
  return occasion.kind === "event"
    ? `${start}-${occasion.id}`
    : `${start}-${new Date(occasion.scheduledAt).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
}

/** The blackout that the occasion falls into, or the moment at which it is seen to: a window may end on the next day. */
export const blackoutOf = ({ occasion, timeZone, blackouts }: StartOrder, now: Date): string | undefined =>
  blackoutAt(new Date(occasion.kind === "event" ? occasion.at : occasion.scheduledAt), timeZone, blackouts) ??
  blackoutAt(now, timeZone, blackouts);
