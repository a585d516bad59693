import type { Interval } from "./series.ts";

/** What is known of one alarm around a fault. Times are Unix milliseconds. */
export interface AlarmRecord {
  readonly name: string;
  /** Changes of its state, oldest first, from its history. */
  readonly changes: readonly { readonly at: number; readonly to: string }[];
  /** Points that its metric had from the baseline's begin on: an alarm without any cannot notice anything. */
  readonly points: number;
  /** What it watches, such as `AWS/ApiGateway 5xx {ApiId=x}`. */
  readonly watches: string;
}

export interface AlarmFinding {
  readonly outcome: "detected" | "not-detected" | "could-not-tell";
  readonly detectedAt?: number;
  readonly detail: string;
}

/**
 * Whether any of the alarms went off in the interval. The present state says nothing of the past, so this reads their
 * histories; silence counts only of an alarm that could have spoken.
 */
export function judgeAlarms(alarms: readonly AlarmRecord[], { from, to }: Interval): AlarmFinding {
  if (alarms.length === 0) return { outcome: "could-not-tell", detail: "the target names no alarms" };
  const fired = alarms
    .flatMap(({ name, changes }) => changes.map((change) => ({ name, ...change })))
    .filter((change) => change.to === "ALARM" && change.at >= from && change.at <= to)
    .sort((a, b) => a.at - b.at);
  const already = alarms.filter(({ changes }) => changes.findLast(({ at }) => at < from)?.to === "ALARM");
  const blind = alarms.filter(({ points }) => points === 0);
  const first = fired[0];
  if (first) {
    const names = [...new Set(fired.map(({ name }) => name))];
    // An alarm that people rely on and that said nothing is as much worth knowing as the one that spoke.
    const silent = alarms
      .filter(({ name }) => !names.includes(name))
      .map((alarm) => {
        if (blind.includes(alarm)) return `${alarm.name} (no data)`;
        return already.includes(alarm) ? `${alarm.name} (in ALARM before)` : alarm.name;
      });
    const spoke = `in ALARM: ${names.join(", then ")}`;
    const detail = silent.length === 0 ? spoke : `${spoke}; silent: ${silent.join(", ")}`;
    return { outcome: "detected", detectedAt: first.at, detail };
  }
  if (already.length > 0 || blind.length > 0) {
    return {
      outcome: "could-not-tell",
      detail: [
        ...already.map(({ name }) => `${name} was in ALARM before the fault`),
        ...blind.map(({ name, watches }) => `${name} has no data: does ${watches} exist?`),
      ].join("; "),
    };
  }
  return { outcome: "not-detected", detail: `${alarms.length} alarms with data, none of them went to ALARM` };
}
