import {
  GetMetricDataCommand,
  ListMetricsCommand,
  type Metric,
  type MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";
import type { Clients } from "../../runtime/clients.ts";
import { pagesOf } from "../../runtime/pages.ts";

/**
 * Where the extension writes what it does, if AWS_FIS_EXTENSION_METRICS is `all` (FIS user guide, "Use the AWS FIS
 * aws:lambda:function actions"). What its metrics are called AWS does not say: whatever is there of a function counts.
 */
const NAMESPACE = "aws-fis-extension";
export const METRICS_VARIABLE = "AWS_FIS_EXTENSION_METRICS";

/** CloudWatch's limit for the queries of one request (its API reference, "GetMetricData"). */
const MOST_QUERIES = 500;

/** What the extension of a function said between two moments, in Unix milliseconds: a text for each metric; empty for silence. */
export async function saidByExtension(
  functionName: string,
  { from, to }: { readonly from: number; readonly to: number },
  { cloudwatch }: Pick<Clients, "cloudwatch">,
): Promise<string[]> {
  const listed = await pagesOf(
    (NextToken) =>
      cloudwatch.send(
        new ListMetricsCommand({ Namespace: NAMESPACE, ...(NextToken === undefined ? {} : { NextToken }) }),
      ),
    (page) => page.NextToken,
  );
  const metrics = listed
    .flatMap((page) => page.Metrics ?? [])
    .filter((metric) => isAbout(metric, functionName))
    .slice(0, MOST_QUERIES);
  if (metrics.length === 0) return [];
  const MetricDataQueries = metrics.map(
    (Metric, index): MetricDataQuery => ({ Id: `m${index}`, MetricStat: { Metric, Period: 60, Stat: "Sum" } }),
  );
  // Periods are whole minutes.
  const StartTime = new Date(Math.floor(from / 60_000) * 60_000);
  const pages = await pagesOf(
    (NextToken) =>
      cloudwatch.send(
        new GetMetricDataCommand({
          MetricDataQueries,
          StartTime,
          EndTime: new Date(to),
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
      ),
    (page) => page.NextToken,
  );
  const sums = new Map<string, number>();
  for (const { Id = "", Values = [] } of pages.flatMap((page) => page.MetricDataResults ?? [])) {
    sums.set(Id, (sums.get(Id) ?? 0) + Values.reduce((sum, value) => sum + value, 0));
  }
  return metrics.flatMap(({ MetricName }, index) => {
    const sum = sums.get(`m${index}`) ?? 0;
    return sum > 0 ? [`${MetricName} ${sum}`] : [];
  });
}

/** A metric that names no function may be about any. */
function isAbout({ Dimensions = [] }: Metric, functionName: string): boolean {
  const functions = Dimensions.filter(({ Name = "" }) => /function/i.test(Name));
  return functions.length === 0 || functions.some(({ Value = "" }) => Value.split(":").includes(functionName));
}
