import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { logger, metrics } from "../../telemetry.ts";
import type { UserRecord } from "./record.ts";

/** What CloudWatch is told of records, beside what AWS's services tell it by themselves. */
export interface Telemetry {
  /** It is in the table: its size, and how long after its request. */
  saved(record: UserRecord, ageMs: number): void;
  note(sentence: string, record: UserRecord, correlationId?: string): void;
}

export const telemetry: Telemetry = {
  saved(record, ageMs) {
    metrics.addMetric("RecordsSaved", MetricUnit.Count, 1);
    metrics.addMetric("RecordSize", MetricUnit.Bytes, Buffer.byteLength(JSON.stringify(record)));
    metrics.addMetric("AgeAtSave", MetricUnit.Milliseconds, ageMs);
  },
  note: (sentence, { RecordId }, correlationId) =>
    logger.info(sentence, { record_id: RecordId, ...(correlationId ? { correlation_id: correlationId } : {}) }),
};

/** By this header one request is found again in the logs of everything that it passes. */
export const CORRELATION_HEADER = "x-correlation-id";

/** A REST API hands headers on as the client wrote them. */
export const correlationIdOf = (headers: Readonly<Record<string, string | undefined>> | null): string | undefined =>
  Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === CORRELATION_HEADER)?.[1];
