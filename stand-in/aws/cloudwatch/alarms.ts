import type { Graph, Resource } from "../../templates/cfn/graph.ts";
import { TemplateError } from "../../templates/cfn/intrinsics.ts";
import { type AlarmRule, parseAlarmRule } from "./alarm-rule.ts";
import { evaluate } from "./metric-math.ts";
import type { Dimensions, Metrics } from "./metrics.ts";

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** One metric of an alarm. */
export interface Watched {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  readonly stat: string;
}

/** What every alarm has, on metrics or on other alarms. */
export interface Alarm {
  readonly name: string;
  readonly arn: string;
  /** ARNs that are told of it, by the state to which it changes. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
}

/** An alarm on other alarms. */
export interface CompositeAlarm extends Alarm {
  readonly ruleText: string;
  readonly rule: AlarmRule;
}

/** An alarm's definition from its template. */
export interface AlarmDefinition extends Alarm {
  readonly watched: readonly Watched[];
  /** Metric math over the watched metrics' ids; absent for an alarm on one metric. */
  readonly expression: string | undefined;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparison: string;
  readonly treatMissingData: string;
}

interface RawMetricStat {
  Metric: { Namespace: string; MetricName: string; Dimensions?: { Name: string; Value: string }[] };
  Period: number;
  Stat: string;
}
interface RawActions {
  ActionsEnabled?: boolean;
  AlarmActions?: string[];
  OKActions?: string[];
  InsufficientDataActions?: string[];
}
interface RawAlarm extends RawActions {
  MetricName?: string;
  Namespace?: string;
  Dimensions?: { Name: string; Value: string }[];
  Statistic?: string;
  ExtendedStatistic?: string;
  Period?: number;
  Metrics?: { Id: string; Expression?: string; MetricStat?: RawMetricStat; ReturnData?: boolean }[];
  EvaluationPeriods: number;
  DatapointsToAlarm?: number;
  Threshold?: number;
  ComparisonOperator: string;
  TreatMissingData?: string;
}

/** Every alarm of the templates, those on metrics and those on other alarms. */
export interface Alarms {
  readonly metric: readonly AlarmDefinition[];
  readonly composite: readonly CompositeAlarm[];
}

export const readAlarms = (graph: Graph, periodSeconds?: number): Alarms => ({
  metric: graph.ofType("AWS::CloudWatch::Alarm").map((alarm) => readAlarm(alarm, periodSeconds)),
  composite: graph.ofType("AWS::CloudWatch::CompositeAlarm").map(readCompositeAlarm),
});

/** @param periodSeconds replaces the template's period: rehearsals have no minutes to wait. */
export function readAlarm(resource: Resource, periodSeconds?: number): AlarmDefinition {
  const raw = resource.properties as unknown as RawAlarm;
  const stats = raw.Metrics?.filter((metric) => metric.MetricStat) ?? [];
  const expression = raw.Metrics?.find((metric) => metric.Expression && metric.ReturnData !== false)?.Expression;
  const watched: Watched[] = raw.Metrics
    ? stats.map(({ Id, MetricStat }) => toWatched(Id, MetricStat!.Metric, MetricStat!.Stat))
    : [
        toWatched(
          "watched",
          { Namespace: raw.Namespace!, MetricName: raw.MetricName!, Dimensions: raw.Dimensions ?? [] },
          raw.ExtendedStatistic ?? raw.Statistic ?? "Average",
        ),
      ];
  return {
    ...alarmOf(resource),
    watched,
    expression,
    periodSeconds: periodSeconds ?? raw.Period ?? stats[0]?.MetricStat?.Period ?? 60,
    evaluationPeriods: raw.EvaluationPeriods,
    datapointsToAlarm: raw.DatapointsToAlarm ?? raw.EvaluationPeriods,
    threshold: raw.Threshold ?? 0,
    comparison: raw.ComparisonOperator,
    treatMissingData: raw.TreatMissingData ?? "missing",
  };
}

/** Throws {@link TemplateError} for a rule that CloudWatch would refuse. */
export function readCompositeAlarm(resource: Resource): CompositeAlarm {
  const ruleText = String(resource.properties.AlarmRule ?? "");
  try {
    return { ...alarmOf(resource), ruleText, rule: parseAlarmRule(ruleText) };
  } catch (error) {
    throw new TemplateError(`Composite alarm ${resource.path}: ${(error as Error).message}`);
  }
}

function alarmOf({ name, arn = "", properties }: Resource): Alarm {
  const { ActionsEnabled = true, AlarmActions, OKActions, InsufficientDataActions } = properties as RawActions;
  const told = (arns: string[] = []) => (ActionsEnabled ? arns : []);
  return {
    name,
    arn,
    actions: { ALARM: told(AlarmActions), OK: told(OKActions), INSUFFICIENT_DATA: told(InsufficientDataActions) },
  };
}

const toWatched = (id: string, metric: RawMetricStat["Metric"], stat: string): Watched => ({
  id,
  namespace: metric.Namespace,
  name: metric.MetricName,
  dimensions: Object.fromEntries((metric.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
  stat,
});

const BREACHES: Record<string, (value: number, threshold: number) => boolean> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** The alarm's value for each of its last periods up to `end` (Unix milliseconds), oldest first; undefined is no data. */
export function valuesOf(alarm: AlarmDefinition, metrics: Metrics, end: number): (number | undefined)[] {
  const periodMs = alarm.periodSeconds * 1000;
  return Array.from({ length: alarm.evaluationPeriods }, (_, index) => {
    const from = end - (alarm.evaluationPeriods - index) * periodMs;
    const values = Object.fromEntries(
      alarm.watched.map((watched) => [
        watched.id,
        metrics.statistic(watched.namespace, watched.name, watched.dimensions, watched.stat, from, from + periodMs),
      ]),
    );
    return alarm.expression === undefined ? values[alarm.watched[0]!.id] : evaluate(alarm.expression, values);
  });
}

/**
 * The state that M of N periods give (CloudWatch user guide, "Evaluating an alarm" and "Configuring how CloudWatch alarms
 * treat missing data"). CloudWatch looks back further than N periods for missing ones; this does not.
 */
export function evaluateAlarm(
  alarm: AlarmDefinition,
  values: readonly (number | undefined)[],
  present: AlarmState,
): { state: AlarmState; reason: string } {
  const breaches = BREACHES[alarm.comparison];
  if (!breaches) throw new TemplateError(`Alarm ${alarm.name}: the comparison ${alarm.comparison} is not played.`);
  const known = values.filter((value) => value !== undefined);
  const missing = values.length - known.length;
  const breaching = known.filter((value) => breaches(value, alarm.threshold));
  const points = known.map((value) => Number(value.toPrecision(4))).join(", ");
  if (known.length === 0) {
    const reason = `no datapoints were received for ${values.length} periods`;
    if (alarm.treatMissingData === "missing") return { state: "INSUFFICIENT_DATA", reason };
    if (alarm.treatMissingData === "ignore") return { state: present, reason };
    const state = alarm.treatMissingData === "breaching" ? "ALARM" : "OK";
    return { state, reason: `${reason} and were treated as ${alarm.treatMissingData}` };
  }
  const bad = breaching.length + (alarm.treatMissingData === "breaching" ? missing : 0);
  const reason = `${bad} of the last ${values.length} datapoints [${points}] breached the threshold (${alarm.threshold}); ${alarm.datapointsToAlarm} make the alarm`;
  if (bad >= alarm.datapointsToAlarm) return { state: "ALARM", reason };
  if (missing > 0 && alarm.treatMissingData === "ignore") return { state: present, reason };
  return { state: "OK", reason };
}
