import * as z from "zod";

const UNITS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const;
const PATTERN = /^(?:\d+(?:\.\d+)?[dhms])+$/;

/** Seconds in a duration such as `90s`, `45m` or `1h30m`. Throws on anything else. */
export function parseDuration(text: string): number {
  if (!PATTERN.test(text)) throw new Error(`expected a duration such as 90s, 45m or 1h30m, found "${text}"`);
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)([dhms])/g)) {
    seconds += Number(amount) * UNITS[unit as keyof typeof UNITS];
  }
  return seconds;
}

/** The shortest text that {@link parseDuration} reads back as the same number of whole seconds: `5400` → `1h30m`. */
export function formatDuration(seconds: number): string {
  let rest = Math.round(seconds);
  if (rest === 0) return "0s";
  let text = "";
  for (const [unit, size] of Object.entries(UNITS)) {
    const amount = Math.floor(rest / size);
    if (amount > 0) text += `${amount}${unit}`;
    rest -= amount * size;
  }
  return text;
}

/** A duration that stays text. */
export const DurationText = z
  .string({ error: "expected a duration such as 90s, 45m or 1h30m" })
  .regex(PATTERN, { error: "expected a duration such as 90s, 45m or 1h30m" });

/** A duration in a drill: text in, seconds out. */
export const Duration = DurationText.transform(parseDuration).meta({
  description: "A duration such as 90s, 45m or 1h30m.",
});

const LATENCY = /^(\d+(?:\.\d+)?)(ms|s)$/;

/** How long a request takes, in a drill: text in, seconds out. */
export const Latency = z
  .string({ error: "expected a latency such as 500ms or 1.5s" })
  .regex(LATENCY, { error: "expected a latency such as 500ms or 1.5s" })
  .transform((text) => {
    const [, amount, unit] = LATENCY.exec(text)!;
    return unit === "ms" ? Number(amount) / 1000 : Number(amount);
  })
  .meta({ description: "A latency such as 500ms or 1.5s." });
