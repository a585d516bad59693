import {
  DescribeInsightCommand,
  GetResourceCollectionCommand,
  ListAnomaliesForInsightCommand,
  ListRecommendationsCommand,
  type ReactiveAnomalySummary,
  type ReactiveInsightSummary,
  SearchInsightsCommand,
} from "@aws-sdk/client-devops-guru";
import * as z from "zod";
import type { Finding } from "../../analysis/finding.ts";
import { type InsightRecord, judgeInsights } from "../../analysis/insights.ts";
import { analysisKey } from "../../workflows/names.ts";
import { nameServiceError, Transient } from "../runtime/errors.ts";
import { pagesOf } from "../runtime/pages.ts";
import type { Runtime } from "../runtime/step.ts";
import type { Detector } from "./detector.ts";
import type { FaultWindow } from "./fault-window.ts";

/** Insight → when a look saw it first. */
const Sightings = z.record(z.string(), z.iso.datetime());

/**
 * Did DevOps Guru open an insight about the target? It is asked about the target's stack, which has to be in its resource
 * collection. Whatever is wrong with it is a reason for not being able to tell, never a reason for the game day to fail:
 * AWS ends its support on 30 September 2027.
 */
export const devOpsGuru: Detector = async (window, runtime) => {
  const { name, stack, functions } = window.plan.target;
  if (stack === undefined) return blind(`target "${name}" does not say which stack it is: deploy its stack again`);
  try {
    if (!(await isCovered(stack, runtime))) {
      return blind(`DevOps Guru does not analyse stack ${stack}: add it to its resource collection`);
    }
    const insights = await readInsights(stack, window, runtime);
    const interval = { from: window.inEffectAt, to: window.listenUntil };
    return judgeInsights(insights, interval, [stack, ...Object.values(functions)]);
  } catch (error) {
    const why = nameServiceError(error);
    if (!(why instanceof Transient) && !isRefusal(error)) throw error;
    return blind(`DevOps Guru did not answer: ${(error as Error).name}: ${(error as Error).message}`);
  }
};

const blind = (detail: string): Finding => ({ outcome: "could-not-tell", detail });

const isRefusal = (error: unknown) =>
  error instanceof Error && /^(AccessDenied|UnrecognizedClient|OptInRequired)/.test(error.name);

/** Whether the stack is among those that are analysed; `*` means all of them. */
async function isCovered(stack: string, { clients }: Runtime): Promise<boolean> {
  const pages = await pagesOf(
    (NextToken) =>
      orNothing(
        clients.devopsguru.send(
          new GetResourceCollectionCommand({ ResourceCollectionType: "AWS_CLOUD_FORMATION", ...from(NextToken) }),
        ),
      ),
    (page) => page?.NextToken,
  );
  const names = pages.flatMap((page) => page?.ResourceCollection?.CloudFormation?.StackNames ?? []);
  return names.some((name) => name === stack || name === "*");
}

const from = (NextToken: string | undefined) => (NextToken === undefined ? {} : { NextToken });

/** Undefined when there is no such thing: an account that never had a collection. */
async function orNothing<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
    throw error;
  }
}

async function readInsights(stack: string, window: FaultWindow, runtime: Runtime): Promise<InsightRecord[]> {
  const pages = await pagesOf(
    (NextToken) =>
      runtime.clients.devopsguru.send(
        new SearchInsightsCommand({
          StartTimeRange: { FromTime: new Date(window.baselineFrom), ToTime: new Date(window.listenUntil) },
          Filters: { ResourceCollection: { CloudFormation: { StackNames: [stack] } } },
          Type: "REACTIVE",
          ...from(NextToken),
        }),
      ),
    (page) => page.NextToken,
  );
  const summaries = pages.flatMap(({ ReactiveInsights }) => ReactiveInsights ?? []);
  const sightings = await rememberSightings(summaries, window, runtime);
  return Promise.all(summaries.map((summary) => recordOf(summary, sightings, runtime)));
}

/** Writes down when an insight was seen first: nobody else does. */
async function rememberSightings(
  summaries: readonly ReactiveInsightSummary[],
  { plan }: FaultWindow,
  { results, clock }: Runtime,
): Promise<Record<string, string>> {
  const key = analysisKey(plan.id, "devops-guru");
  const known = (await results.getJson(key, Sightings)) ?? {};
  const fresh = summaries.flatMap(({ Id }) => (Id !== undefined && !(Id in known) ? [Id] : []));
  if (fresh.length === 0) return known;
  const now = clock.now().toISOString();
  const all = { ...known, ...Object.fromEntries(fresh.map((id) => [id, now])) };
  await results.putJson(key, all);
  return all;
}

async function recordOf(
  { Id = "", Name = "", Severity = "LOW", ResourceCollection }: ReactiveInsightSummary,
  sightings: Readonly<Record<string, string>>,
  { clients }: Runtime,
): Promise<InsightRecord> {
  const [{ ReactiveInsight: insight }, { ReactiveAnomalies: anomalies = [] }, { Recommendations = [] }] =
    await Promise.all([
      clients.devopsguru.send(new DescribeInsightCommand({ Id })),
      clients.devopsguru.send(new ListAnomaliesForInsightCommand({ InsightId: Id })),
      clients.devopsguru.send(new ListRecommendationsCommand({ InsightId: Id })),
    ]);
  const { StartTime, EndTime } = insight?.InsightTimeRange ?? {};
  return {
    id: Id,
    name: Name,
    severity: Severity,
    beganAt: StartTime?.getTime() ?? 0,
    ...(EndTime ? { closedAt: EndTime.getTime() } : {}),
    firstSeenAt: Date.parse(sightings[Id] ?? ""),
    touches: [...(ResourceCollection?.CloudFormation?.StackNames ?? []), ...anomalies.flatMap(resourcesOf)],
    anomalies: [...new Set(anomalies.flatMap(metricsOf))],
    recommendations: Recommendations.length,
  };
}

const metricDetails = ({ SourceDetails }: ReactiveAnomalySummary) => SourceDetails?.CloudWatchMetrics ?? [];
const metricsOf = (anomaly: ReactiveAnomalySummary) =>
  metricDetails(anomaly).map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`);
const resourcesOf = (anomaly: ReactiveAnomalySummary) => [
  ...(anomaly.AnomalyResources ?? []).flatMap(({ Name }) => Name ?? []),
  ...metricDetails(anomaly).flatMap(({ Dimensions = [] }) => Dimensions.flatMap(({ Value }) => Value ?? [])),
];
