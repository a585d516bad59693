import { GetMetricDataCommand, type MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import type { Finding } from "../../analysis/finding.ts";
import { type FunctionMetrics, functionBlocks } from "../../analysis/function-blocks.ts";
import { compareLoad } from "../../analysis/load-comparison.ts";
import type { Interval } from "../../analysis/series.ts";
import type { Plan } from "../../workflows/state.ts";
import { pagesOf } from "../runtime/pages.ts";
import type { Runtime } from "../runtime/step.ts";
import type { Detector } from "./detector.ts";
import type { FaultWindow } from "./fault-window.ts";

/** Metrics of Lambda are of whole minutes and on hand one to three minutes later. */
const AWS_GRID = { periodSeconds: 60, arrivalSeconds: 180 };
const REHEARSAL_ARRIVAL_SECONDS = 1;

/** The chance of an alarm while nothing is wrong, over all of the target's functions. */
const LEVEL = 0.01;

/**
 * Would whoever compares the functions' own metrics in CloudWatch (invocations, errors, throttles, duration) have noticed?
 * By the same test as the load's blocks, on what Lambda reports instead: a function that answers 500 by itself has no error
 * there.
 */
export const functionMetrics: Detector = async (window, runtime) => {
  const functions = Object.entries(window.plan.target.functions);
  if (functions.length === 0) return { outcome: "could-not-tell", detail: "the target names no functions" };
  const findings = await Promise.all(
    functions.map(async ([name, functionName]) => {
      const finding = await compare(functionName, LEVEL / functions.length, window, runtime);
      return { ...finding, detail: `${name}: ${finding.detail}` };
    }),
  );
  return together(findings);
};

/** The first that noticed; otherwise silence counts only if every function could have spoken. */
function together(findings: readonly Finding[]): Finding {
  const said = (outcome: Finding["outcome"]) => findings.filter((finding) => finding.outcome === outcome);
  const detected = said("detected").sort((a, b) => (a.detectedAt ?? 0) - (b.detectedAt ?? 0));
  if (detected[0]) return detected[0];
  const blind = said("could-not-tell");
  const speaking = blind.length > 0 ? blind : findings;
  return {
    outcome: blind.length > 0 ? "could-not-tell" : "not-detected",
    detail: speaking.map(({ detail }) => detail).join("; "),
  };
}

async function compare(
  functionName: string,
  level: number,
  window: FaultWindow,
  runtime: Runtime,
): Promise<Omit<Finding, "detectedAt"> & { detectedAt?: number }> {
  const { baselineFrom, inEffectAt, faultUntil, over, plan } = window;
  const grid = gridOf(plan);
  const arrived = runtime.clock.now().getTime() - grid.arrivalSeconds * 1000;
  const metrics = await readMetrics(functionName, { from: baselineFrom, to: faultUntil }, grid.periodSeconds, runtime);
  const until = baselineFrom + plan.baselineSeconds * 1000;
  const compared = compareLoad({
    baseline: functionBlocks(metrics, { ...grid, from: baselineFrom, to: Math.min(until, inEffectAt) }),
    window: functionBlocks(metrics, { ...grid, from: inEffectAt, to: Math.min(faultUntil, arrived) }),
    inEffectAt,
    level,
    ...(over ? { until: faultUntil } : {}),
  });
  const { outcome, detail } = compared;
  return compared.outcome === "detected" ? { outcome, detail, detectedAt: compared.detectedAt } : { outcome, detail };
}

/** Rehearsals have no minutes to spare: the stand-in's metrics are of any period. */
const gridOf = ({ profile, comparisonBlockSeconds }: Plan) =>
  profile === "rehearsal"
    ? { periodSeconds: comparisonBlockSeconds, arrivalSeconds: REHEARSAL_ARRIVAL_SECONDS }
    : AWS_GRID;

const QUERIES: readonly { id: keyof FunctionMetrics; metric: string; stat: string }[] = [
  { id: "invocations", metric: "Invocations", stat: "Sum" },
  { id: "errors", metric: "Errors", stat: "Sum" },
  { id: "throttles", metric: "Throttles", stat: "Sum" },
  { id: "p50", metric: "Duration", stat: "p50" },
  { id: "p90", metric: "Duration", stat: "p90" },
  { id: "p99", metric: "Duration", stat: "p99" },
];

async function readMetrics(
  functionName: string,
  { from, to }: Interval,
  Period: number,
  { clients }: Runtime,
): Promise<FunctionMetrics> {
  const Dimensions = [{ Name: "FunctionName", Value: functionName }];
  const MetricDataQueries = QUERIES.map(
    ({ id, metric, stat }): MetricDataQuery => ({
      Id: id,
      MetricStat: { Metric: { Namespace: "AWS/Lambda", MetricName: metric, Dimensions }, Period, Stat: stat },
    }),
  );
  const read = Object.fromEntries(QUERIES.map(({ id }) => [id, new Map<number, number>()]));
  const pages = await pagesOf(
    (NextToken) =>
      clients.cloudwatch.send(
        new GetMetricDataCommand({
          MetricDataQueries,
          // Periods begin at their multiples: CloudWatch would round the begin down by itself.
          StartTime: new Date(Math.floor(from / (Period * 1000)) * Period * 1000),
          EndTime: new Date(to),
          ScanBy: "TimestampAscending",
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
      ),
    (page) => page.NextToken,
  );
  for (const { Id = "", Timestamps = [], Values = [] } of pages.flatMap((page) => page.MetricDataResults ?? [])) {
    for (const [index, at] of Timestamps.entries()) read[Id]?.set(at.getTime(), Values[index] ?? 0);
  }
  return read as unknown as FunctionMetrics;
}
