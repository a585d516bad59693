import * as z from "zod";
import { eitherOf } from "./problem.ts";

/** What runs when nobody says what. */
export const DEFAULT_DRILL = "gray-latency";

const PROFILES = ["full", "rehearsal"] as const;

/** What starts a game day: `{}`, `{"drill": "gray-latency"}`, or a whole drill in place of the name. */
export const GameDayInput = z.strictObject({
  drill: z
    .union([z.string(), z.record(z.string(), z.unknown())], { error: "the name of a drill, or a whole drill" })
    .default(DEFAULT_DRILL),
  profile: z.enum(PROFILES, { error: eitherOf(PROFILES) }).default("full"),
});
export type GameDayInput = z.infer<typeof GameDayInput>;

/** What an input has to be, for whoever gave another one. */
export const INPUT_SHAPE =
  'an input such as {}, {"drill": "error-burst"} or {"drill": {…}, "profile": "rehearsal"}: a drill\'s name or a whole drill, and nothing else but the profile';

/** What is wrong with an input, a sentence each; empty when nothing is. */
export function inputProblems(raw: unknown): string[] {
  const parsed = GameDayInput.safeParse(raw);
  if (parsed.success) return [];
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) return [shorten(raw)];
  return parsed.error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => `the unknown key "${key}"`)
      : [
          `${issue.path.join(".")} ${shorten((raw as Record<PropertyKey, unknown>)[issue.path[0] ?? ""])}, which is not ${issue.message}`,
        ],
  );
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
