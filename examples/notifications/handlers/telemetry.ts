import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { logger, metrics } from "../../telemetry.ts";

/** Log lines with a notification's correlation id, and the metrics of these functions in milliseconds as well. */
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
