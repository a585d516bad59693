import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";

/** Log lines with a notification's correlation id, and the metrics of these functions in milliseconds as well. */
const logger = new Logger();
const metrics = new Metrics({ namespace: "gameday" });

export interface Telemetry {
  count(name: string, value?: number): void;
  milliseconds(name: string, value: number): void;
  note(sentence: string, correlationId: string): void;
}

export const telemetry: Telemetry = {
  count: (name, value = 1) => metrics.addMetric(name, MetricUnit.Count, value),
  milliseconds: (name, value) => metrics.addMetric(name, MetricUnit.Milliseconds, value),
  note: (sentence, correlationId) => logger.info(sentence, { correlation_id: correlationId }),
};

/** Writes out what one invocation has measured, whether it succeeds or not. */
export async function measured<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } finally {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  }
}
