import type {
  DescribeInsightCommandInput,
  DescribeInsightCommandOutput,
  GetResourceCollectionCommandInput,
  GetResourceCollectionCommandOutput,
  ListAnomaliesForInsightCommandInput,
  ListAnomaliesForInsightCommandOutput,
  ListRecommendationsCommandInput,
  ListRecommendationsCommandOutput,
  ReactiveInsightSummary,
  SearchInsightsCommandInput,
  SearchInsightsCommandOutput,
} from "@aws-sdk/client-devops-guru";
import type { Graph, Resource } from "../../templates/cfn/graph.ts";
import { onlyId, type Types } from "../../templates/cfn/naming.ts";
import type { Metrics } from "../cloudwatch/metrics.ts";
import { operation, ServiceError } from "../operation.ts";
import type { Service } from "../service.ts";

interface Options {
  readonly graph: Graph;
  readonly metrics: Metrics;
  readonly now: () => number;
  /** Metrics are looked at in pieces of this many seconds. Default 5. */
  readonly periodSeconds?: number;
}

/** One thing that is unusual, from when to when. */
interface Anomaly {
  readonly id: string;
  readonly api: Resource;
  readonly metric: "Latency" | "5xx";
  readonly from: number;
  readonly openedAt: number;
  readonly until: number | undefined;
}

const PERIOD_SECONDS = 5;
/** Pieces that have to be normal first: without a past nothing is unusual. */
const LEAST_PAST = 4;
/** Pieces in a row that have to be unusual before an insight is opened, and normal before it is closed. */
const IN_A_ROW = 3;
const UNUSUAL_LATENCY = 1.5;
const UNUSUAL_SHARE_OF_ERRORS = 0.02;
const PAGE = 2;

/**
 * DevOps Guru as far as its API goes: a resource collection from the templates, insights in pages, with anomalies and
 * recommendations. What is unusual it tells by a rule of thumb (latency half as much again as the median of the past, two
 * in a hundred failing): nothing that AWS' own models would or would not find can be learned from it.
 */
export function createDevOpsGuru({ graph, metrics, now, periodSeconds = PERIOD_SECONDS }: Options): Service {
  const covered = graph
    .ofType("AWS::DevOpsGuru::ResourceCollection")
    .flatMap(({ properties }) => (properties as unknown as CollectionProperties).ResourceCollectionFilter)
    .flatMap(({ CloudFormation }) => CloudFormation?.StackNames ?? []);
  const began = now();
  const apis = graph.ofType("AWS::ApiGatewayV2::Api").filter(({ stack }) => covered.includes(stack));
  const anomalies = (): Anomaly[] =>
    apis.flatMap((api) => [
      ...find(api, "Latency", (value, past) => value > UNUSUAL_LATENCY * median(past)),
      ...find(api, "5xx", (value, past) => value > median(past) + UNUSUAL_SHARE_OF_ERRORS),
    ]);

  function find(api: Resource, metric: Anomaly["metric"], unusual: (value: number, past: number[]) => boolean) {
    const found: Anomaly[] = [];
    const past: number[] = [];
    let from: number | undefined;
    let streak = 0;
    for (let at = began; at + periodSeconds * 1000 <= now(); at += periodSeconds * 1000) {
      const to = at + periodSeconds * 1000;
      const value = metrics.statistic("AWS/ApiGateway", metric, { ApiId: api.name }, "Average", at, to);
      if (value === undefined) continue;
      const open = found.at(-1)?.until === undefined ? found.at(-1) : undefined;
      if (past.length >= LEAST_PAST && unusual(value, past)) {
        streak = open ? 0 : streak + 1;
        from ??= at;
        if (!open && streak === IN_A_ROW) {
          found.push({ id: idOf(api, metric, from), api, metric, from, openedAt: to, until: undefined });
          streak = 0;
        }
      } else {
        past.push(value);
        if (!open) {
          from = undefined;
          streak = 0;
        } else if (++streak === IN_A_ROW) {
          found[found.length - 1] = { ...open, until: to - IN_A_ROW * periodSeconds * 1000 };
          from = undefined;
          streak = 0;
        }
      }
    }
    return found;
  }

  const one = (id: string | undefined): Anomaly => {
    const found = anomalies().find((anomaly) => anomaly.id === id);
    if (!found) throw new ServiceError("ResourceNotFoundException", `Insight ${id} does not exist`, 404);
    return found;
  };
  const needs = (action: string) => () => [{ action: `devops-guru:${action}`, resource: "*" }];

  return {
    operations: {
      GetResourceCollection: operation<GetResourceCollectionCommandInput, GetResourceCollectionCommandOutput>({
        needs: needs("GetResourceCollection"),
        run: async () => {
          if (covered.length === 0) throw new ServiceError("ResourceNotFoundException", "No resource collection", 404);
          return { ResourceCollection: { CloudFormation: { StackNames: [...covered] } } };
        },
      }),
      SearchInsights: operation<SearchInsightsCommandInput, SearchInsightsCommandOutput>({
        needs: needs("SearchInsights"),
        run: async ({ StartTimeRange, Filters, NextToken = "0" }) => {
          const stacks = Filters?.ResourceCollection?.CloudFormation?.StackNames;
          const { FromTime, ToTime } = StartTimeRange ?? {};
          const found = anomalies().filter(
            ({ from, api }) =>
              from >= (FromTime?.getTime() ?? 0) &&
              from <= (ToTime?.getTime() ?? Number.POSITIVE_INFINITY) &&
              (stacks === undefined || stacks.includes(api.stack)),
          );
          const first = Number(NextToken);
          const next = first + PAGE < found.length ? { NextToken: String(first + PAGE) } : {};
          return { ReactiveInsights: found.slice(first, first + PAGE).map(summaryOf), ...next };
        },
      }),
      DescribeInsight: operation<DescribeInsightCommandInput, DescribeInsightCommandOutput>({
        needs: needs("DescribeInsight"),
        run: async ({ Id }) => ({ ReactiveInsight: summaryOf(one(Id)) }),
      }),
      ListAnomaliesForInsight: operation<ListAnomaliesForInsightCommandInput, ListAnomaliesForInsightCommandOutput>({
        needs: needs("ListAnomaliesForInsight"),
        run: async ({ InsightId }) => {
          const { api, metric, id } = one(InsightId);
          const Dimensions = [{ Name: "ApiId", Value: api.name }];
          return {
            ReactiveAnomalies: [
              {
                Id: `${id}-anomaly`,
                SourceDetails: {
                  CloudWatchMetrics: [{ Namespace: "AWS/ApiGateway", MetricName: metric, Dimensions }],
                },
                AnomalyResources: [{ Name: api.name, Type: api.type }],
              },
            ],
          };
        },
      }),
      ListRecommendations: operation<ListRecommendationsCommandInput, ListRecommendationsCommandOutput>({
        needs: needs("ListRecommendations"),
        run: async ({ InsightId }) => ({
          Recommendations: [{ Name: `Look at what changed before ${one(InsightId).metric} did` }],
        }),
      }),
    },
  };
}

interface CollectionProperties {
  ResourceCollectionFilter: { CloudFormation?: { StackNames?: string[] } };
}

const idOf = (api: Resource, metric: string, from: number) => `${api.name}-${metric}-${from}`;

function summaryOf({ id, api, metric, from, until }: Anomaly): ReactiveInsightSummary {
  return {
    Id: id,
    Name: `${metric} of ${api.name} is unusual`,
    Severity: metric === "5xx" ? "HIGH" : "MEDIUM",
    Status: until === undefined ? "ONGOING" : "CLOSED",
    InsightTimeRange: { StartTime: new Date(from), ...(until === undefined ? {} : { EndTime: new Date(until) }) },
    ResourceCollection: { CloudFormation: { StackNames: [api.stack] } },
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export const devopsGuruTypes: Types = {
  "AWS::DevOpsGuru::ResourceCollection": onlyId,
};
