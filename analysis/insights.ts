import type { Finding } from "./finding.ts";
import type { Interval } from "./series.ts";

/** What DevOps Guru says of one reactive insight. Times are Unix milliseconds. */
export interface InsightRecord {
  readonly id: string;
  readonly name: string;
  readonly severity: string;
  /** Since when it sees what is unusual, which is before it says so. */
  readonly beganAt: number;
  readonly closedAt?: number;
  /** When a look of this game day saw it first. */
  readonly firstSeenAt: number;
  /** The stacks and the resources that it names, and the dimensions of the metrics in it. */
  readonly touches: readonly string[];
  /** What is unusual, such as `AWS/Lambda Duration`. */
  readonly anomalies: readonly string[];
  readonly recommendations: number;
}

/** Metrics are of whole minutes, so that what is unusual may seem to begin up to one before it does. */
const GRANULARITY_MS = 60_000;

/**
 * Whether one of the insights is about the target and began in the interval. The time to detect counts from the look that
 * saw it first: DevOps Guru gives the time since when something is unusual, not the one at which it said so.
 */
export function judgeInsights(
  insights: readonly InsightRecord[],
  { from, to }: Interval,
  target: readonly string[],
): Finding {
  const found = insights
    .filter(({ beganAt }) => beganAt >= from - GRANULARITY_MS && beganAt <= to)
    .filter(({ touches }) => touches.some((name) => target.includes(name)))
    .sort((a, b) => a.firstSeenAt - b.firstSeenAt);
  const first = found[0];
  if (first) return { outcome: "detected", detectedAt: first.firstSeenAt, detail: found.map(describe).join("; ") };
  const others = insights.length === 0 ? "" : `; ${insights.length} about something else or from before`;
  return { outcome: "not-detected", detail: `no insight about the target began while the fault lasted${others}` };
}

function describe({ name, severity, beganAt, closedAt, anomalies, recommendations }: InsightRecord): string {
  return [
    `${severity.toLowerCase()} insight “${name}”, unusual since ${instant(beganAt)}`,
    anomalies.length > 0 ? `in ${anomalies.join(", ")}` : [],
    closedAt === undefined ? "still open" : `closed ${instant(closedAt)}`,
    `${recommendations} recommendations`,
  ]
    .flat()
    .join(", ");
}

const instant = (at: number) => new Date(at).toISOString().slice(11, 19);
