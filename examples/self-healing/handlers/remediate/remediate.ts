import * as z from "zod";

/** What EventBridge says when an alarm changes its state (CloudWatch user guide, "Alarm events and EventBridge"). */
export const AlarmChange = z.object({
  "detail-type": z.literal("CloudWatch Alarm State Change"),
  time: z.iso.datetime(),
  detail: z.object({ alarmName: z.string(), state: z.object({ value: z.string() }) }),
});
export type AlarmChange = z.infer<typeof AlarmChange>;

/** Variables as they are when the function is well; null is one that is not there. */
export const KnownGood = z.record(z.string(), z.string().nullable());
export type KnownGood = z.infer<typeof KnownGood>;

/** A function's configuration as far as it matters here. */
export interface Configured {
  readonly variables: Readonly<Record<string, string>>;
  readonly revision: string | undefined;
  /** Nobody is changing it right now. */
  readonly settled: boolean;
}

export interface Outside {
  read(): Promise<Configured>;
  /** Fails when the function is not at the revision any more. */
  write(variables: Record<string, string>, revision: string | undefined): Promise<void>;
  now(): Date;
  note(sentence: string): void;
}

/** What is older says little about how the system is now: somebody may have put it in order meanwhile. */
const OLDEST_SECONDS = 300;

/** Somebody else is changing the function. Lambda delivers the event again. */
export class Busy extends Error {
  override readonly name = "Busy";
}

/**
 * Puts the variables of a function back to what is known to be good, when an alarm has just gone off and they are not.
 * Everything else of the environment is left alone. It does not fight with whoever else puts things back: it waits for an
 * update that is under way, and writes to the revision that it has read or not at all.
 */
export async function remediate(
  change: AlarmChange,
  good: KnownGood,
  outside: Outside,
): Promise<"healed" | "nothing to do"> {
  const { alarmName, state } = change.detail;
  const ageSeconds = (outside.now().getTime() - Date.parse(change.time)) / 1000;
  if (state.value !== "ALARM" || ageSeconds > OLDEST_SECONDS) return "nothing to do";
  const { variables, revision, settled } = await outside.read();
  if (!settled) throw new Busy("Expected the function's last update to be done; one is under way.");
  const wrong = Object.keys(good).filter((key) => (variables[key] ?? null) !== good[key]);
  if (wrong.length === 0) {
    outside.note(`${alarmName} went off, but the configuration is as it should be`);
    return "nothing to do";
  }
  await outside.write(withGood(variables, good), revision);
  // Names only: a value may be a secret.
  outside.note(`${alarmName} went off: put ${wrong.join(", ")} back to what is known to be good`);
  return "healed";
}

function withGood(variables: Readonly<Record<string, string>>, good: KnownGood): Record<string, string> {
  const kept = Object.entries(variables).filter(([key]) => !(key in good));
  const put = Object.entries(good).filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries([...kept, ...put]);
}
