import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";

/** By what the functions of the example systems tell people: structured log lines, and metrics that are written in the log. */
export const logger = new Logger();
export const metrics = new Metrics({ namespace: "gameday" });

/** Writes out what one invocation has measured, whether it succeeds or not. */
export async function measured<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } finally {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  }
}
