import * as z from "zod";

/** Of a loop that is not to go on for ever: when its first look was. Each look hands it on to the next. */
export const Patient = z.object({ since: z.iso.datetime().optional() });

/** When the loop began, and whether it has gone on for too long. */
export function patience(
  loop: z.infer<typeof Patient> | undefined,
  { patienceSeconds }: { patienceSeconds: number },
  now: Date,
): { since: string; exhausted: boolean; elapsedMs: number } {
  const since = loop?.since ?? now.toISOString();
  const elapsedMs = now.getTime() - Date.parse(since);
  return { since, elapsedMs, exhausted: elapsedMs >= patienceSeconds * 1000 };
}
