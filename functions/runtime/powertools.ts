import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { Tracer } from "@aws-lambda-powertools/tracer";
import type { Log } from "./step.ts";

/** The only file that knows Powertools. Service name and log level come from POWERTOOLS_* variables of the template. */
const logger = new Logger();
const metrics = new Metrics({ namespace: "gameday" });
const tracer = new Tracer();

export const log: Log = {
  metric: (name, unit, value) => metrics.addMetric(name, MetricUnit[unit], value),
};

/** A line for people, in the log of the function. */
export const note = (sentence: string): void => logger.info(sentence);

/** An SDK client whose calls show in the trace. */
export const traced = <C extends Parameters<Tracer["captureAWSv3Client"]>[0]>(client: C): C =>
  tracer.captureAWSv3Client(client);

/** Runs one invocation in a subsegment of its own, with its error in the trace and its metrics written out. */
export async function observed<T>(name: string, context: { awsRequestId: string }, run: () => Promise<T>): Promise<T> {
  logger.appendKeys({ step: name, requestId: context.awsRequestId });
  const parent = tracer.getSegment();
  const segment = parent?.addNewSubsegment(`## ${name}`);
  if (segment) tracer.setSegment(segment);
  try {
    return await run();
  } catch (error) {
    tracer.addErrorAsMetadata(error as Error);
    logger.error(`${name} failed`, error as Error);
    throw error;
  } finally {
    segment?.close();
    if (parent) tracer.setSegment(parent);
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  }
}
