import type {
  AlarmHistoryItem,
  CompositeAlarm as CompositeAlarmDescription,
  DescribeAlarmHistoryCommandInput,
  DescribeAlarmHistoryCommandOutput,
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  ListMetricsCommandInput,
  ListMetricsCommandOutput,
  MetricAlarm,
} from "@aws-sdk/client-cloudwatch";
import { onlyId, plain, type Types } from "../../templates/cfn/naming.ts";
import { type Operations, operation } from "../operation.ts";
import {
  type Alarm,
  type AlarmDefinition,
  type AlarmState,
  type Alarms,
  type CompositeAlarm,
  evaluateAlarm,
  valuesOf,
} from "./alarms.ts";
import type { Metrics } from "./metrics.ts";

export interface AlarmChange {
  readonly alarm: Alarm;
  readonly at: Date;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
}

interface Live<Definition extends Alarm> {
  readonly definition: Definition;
  state: AlarmState;
  reason: string;
  readonly history: AlarmChange[];
}

type LiveAlarm = Live<AlarmDefinition>;
type LiveComposite = Live<CompositeAlarm>;

export interface CloudWatch {
  readonly operations: Operations;
  /** Undefined for an alarm that there is not. */
  stateOf(alarmArn: string): AlarmState | undefined;
  /** The alarms begin to look: to be called when everything that they tell is there. */
  open(): void;
  stop(): void;
}

/** CloudWatch's metrics arrive late; a point belongs to a period that was over this long ago. */
const ARRIVAL_MS = 1000;

/**
 * Alarms that evaluate their template definitions on the metrics that the traffic produces, once a period; those on other
 * alarms whenever one of those changes.
 */
export function createCloudWatch(
  definitions: Alarms,
  metrics: Metrics,
  onChange: (change: AlarmChange) => void,
  /** Whether an alarm's stack has been brought up. Default: all are there from the beginning. */
  isThere: (alarm: Alarm) => boolean = () => true,
): CloudWatch {
  const alarms = definitions.metric.map(bringUp);
  const composites = definitions.composite.map(bringUp);
  const all: readonly Live<Alarm>[] = [...alarms, ...composites];
  const stateOf = (nameOrArn: string) =>
    all.find(({ definition: { name, arn } }) => nameOrArn === name || nameOrArn === arn)?.state;
  const changed = (change: AlarmChange) => {
    onChange(change);
    for (const composite of composites) combine(composite, stateOf, changed);
  };
  const timers: NodeJS.Timeout[] = [];
  const named = <One extends Live<Alarm>>(live: readonly One[], names: string[] | undefined) =>
    live.filter(({ definition }) => isThere(definition) && (!names || names.includes(definition.name)));

  return {
    open() {
      for (const alarm of alarms) {
        const evaluate = () => isThere(alarm.definition) && look(alarm, metrics, changed);
        const timer = setInterval(evaluate, alarm.definition.periodSeconds * 1000);
        timers.push(timer.unref());
      }
    },
    stop: () => timers.forEach(clearInterval),
    stateOf,
    operations: {
      DescribeAlarms: operation<DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput>({
        needs: () => [{ action: "cloudwatch:DescribeAlarms", resource: "*" }],
        // Without AlarmTypes only those on metrics are described (CloudWatch API reference, "DescribeAlarms").
        run: async ({ AlarmNames, AlarmTypes = ["MetricAlarm"] }) => ({
          MetricAlarms: AlarmTypes.includes("MetricAlarm") ? named(alarms, AlarmNames).map(describe) : [],
          CompositeAlarms: AlarmTypes.includes("CompositeAlarm")
            ? named(composites, AlarmNames).map(describeComposite)
            : [],
        }),
      }),
      DescribeAlarmHistory: operation<DescribeAlarmHistoryCommandInput, DescribeAlarmHistoryCommandOutput>({
        needs: () => [{ action: "cloudwatch:DescribeAlarmHistory", resource: "*" }],
        run: async ({ AlarmName, StartDate, EndDate, ScanBy }) => {
          const from = StartDate?.getTime() ?? 0;
          const to = EndDate?.getTime() ?? Number.POSITIVE_INFINITY;
          const changes = named(all, AlarmName === undefined ? undefined : [AlarmName])
            .flatMap(({ history }) => history)
            .filter(({ at }) => at.getTime() >= from && at.getTime() <= to)
            .sort((a, b) => a.at.getTime() - b.at.getTime());
          const items = changes.map(toHistoryItem);
          return { AlarmHistoryItems: ScanBy === "TimestampAscending" ? items : items.reverse() };
        },
      }),
      ListMetrics: operation<ListMetricsCommandInput, ListMetricsCommandOutput>({
        needs: () => [{ action: "cloudwatch:ListMetrics", resource: "*" }],
        run: async ({ Namespace = "" }) => ({
          Metrics: metrics.list(Namespace).map(({ name, dimensions }) => ({
            Namespace,
            MetricName: name,
            Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
          })),
        }),
      }),
      GetMetricData: operation<GetMetricDataCommandInput, GetMetricDataCommandOutput>({
        needs: () => [{ action: "cloudwatch:GetMetricData", resource: "*" }],
        run: async (input) => metricData(input, metrics),
      }),
    },
  };
}

function look(alarm: LiveAlarm, metrics: Metrics, onChange: (change: AlarmChange) => void): void {
  const now = Date.now();
  const periodMs = alarm.definition.periodSeconds * 1000;
  const end = Math.floor((now - ARRIVAL_MS) / periodMs) * periodMs;
  const { state, reason } = evaluateAlarm(alarm.definition, valuesOf(alarm.definition, metrics, end), alarm.state);
  changeTo(alarm, state, reason, onChange);
}

function combine(
  composite: LiveComposite,
  stateOf: (nameOrArn: string) => AlarmState | undefined,
  onChange: (change: AlarmChange) => void,
): void {
  const { rule, ruleText } = composite.definition;
  const state = rule(stateOf) ? "ALARM" : "OK";
  changeTo(composite, state, `${ruleText} is ${state === "ALARM"}`, onChange);
}

const bringUp = <Definition extends Alarm>(definition: Definition): Live<Definition> => ({
  definition,
  state: "INSUFFICIENT_DATA",
  reason: "Unchecked: Initial alarm creation",
  history: [],
});

function changeTo(
  alarm: Live<Alarm>,
  state: AlarmState,
  reason: string,
  onChange: (change: AlarmChange) => void,
): void {
  if (state === alarm.state) return;
  const change: AlarmChange = { alarm: alarm.definition, at: new Date(), from: alarm.state, to: state, reason };
  alarm.state = state;
  alarm.reason = reason;
  alarm.history.push(change);
  onChange(change);
}

const describeComposite = ({ definition, state, reason }: LiveComposite): CompositeAlarmDescription => ({
  AlarmName: definition.name,
  AlarmArn: definition.arn,
  AlarmRule: definition.ruleText,
  StateValue: state,
  StateReason: reason,
});

function describe({ definition, state, reason }: LiveAlarm): MetricAlarm {
  const commons = {
    AlarmName: definition.name,
    AlarmArn: definition.arn,
    StateValue: state,
    StateReason: reason,
    EvaluationPeriods: definition.evaluationPeriods,
    DatapointsToAlarm: definition.datapointsToAlarm,
    Threshold: definition.threshold,
    TreatMissingData: definition.treatMissingData,
  };
  const stats = definition.watched.map(({ id, namespace, name, dimensions, stat }) => ({
    Id: id,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: name,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: definition.periodSeconds,
      Stat: stat,
    },
  }));
  if (definition.expression !== undefined) {
    return {
      ...commons,
      Dimensions: [],
      Metrics: [...stats, { Id: "expression", Expression: definition.expression, ReturnData: true }],
    };
  }
  const { Metric, Period, Stat } = stats[0]!.MetricStat;
  return {
    ...commons,
    ...Metric,
    Period,
    ...(Stat.startsWith("p") ? { ExtendedStatistic: Stat } : { Statistic: Stat as "Sum" }),
  };
}

const toHistoryItem = ({ alarm, at, from, to, reason }: AlarmChange): AlarmHistoryItem => ({
  AlarmName: alarm.name,
  AlarmType: "rule" in alarm ? "CompositeAlarm" : "MetricAlarm",
  Timestamp: at,
  HistoryItemType: "StateUpdate",
  HistorySummary: `Alarm updated from ${from} to ${to}`,
  HistoryData: JSON.stringify({
    version: "1.0",
    oldState: { stateValue: from },
    newState: { stateValue: to, stateReason: reason },
  }),
});

/** The newest points come first unless asked otherwise (CloudWatch API reference, "GetMetricData"). */
function metricData(
  { MetricDataQueries, StartTime, EndTime, ScanBy = "TimestampDescending" }: GetMetricDataCommandInput,
  metrics: Metrics,
) {
  return {
    MetricDataResults: (MetricDataQueries ?? []).map(({ Id, MetricStat }) => {
      const periodMs = (MetricStat?.Period ?? 60) * 1000;
      const { Namespace, MetricName, Dimensions } = MetricStat?.Metric ?? {};
      const dimensions = Object.fromEntries((Dimensions ?? []).map(({ Name, Value }) => [Name ?? "", Value ?? ""]));
      const points: { at: Date; value: number }[] = [];
      const from = Math.floor((StartTime?.getTime() ?? 0) / periodMs) * periodMs;
      const to = Math.min(EndTime?.getTime() ?? 0, Date.now());
      for (let start = from; start < to; start += periodMs) {
        const value = metrics.statistic(
          Namespace ?? "",
          MetricName ?? "",
          dimensions,
          MetricStat?.Stat ?? "",
          start,
          start + periodMs,
        );
        if (value !== undefined) points.push({ at: new Date(start), value });
      }
      if (ScanBy === "TimestampDescending") points.reverse();
      return {
        Id,
        Timestamps: points.map(({ at }) => at),
        Values: points.map(({ value }) => value),
        StatusCode: "Complete" as const,
      };
    }),
  };
}

export const cloudwatchTypes: Types = {
  "AWS::CloudWatch::CompositeAlarm": plain("cloudwatch", (name) => `alarm:${name}`, "AlarmName"),
  "AWS::CloudWatch::Alarm": plain("cloudwatch", (name) => `alarm:${name}`, "AlarmName"),
  "AWS::CloudWatch::Dashboard": onlyId,
};
