import type {
  AlarmHistoryItem,
  DescribeAlarmHistoryCommandInput,
  DescribeAlarmHistoryCommandOutput,
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  GetMetricDataCommandInput,
  GetMetricDataCommandOutput,
  MetricAlarm,
} from "@aws-sdk/client-cloudwatch";
import { type AlarmDefinition, type AlarmState, evaluateAlarm, valuesOf } from "./alarms.ts";
import type { Metrics } from "./metrics.ts";
import { operation, type Service } from "./operation.ts";

export interface AlarmChange {
  readonly alarm: AlarmDefinition;
  readonly at: Date;
  readonly from: AlarmState;
  readonly to: AlarmState;
  readonly reason: string;
}

interface LiveAlarm {
  readonly definition: AlarmDefinition;
  state: AlarmState;
  reason: string;
  readonly history: AlarmChange[];
}

export interface CloudWatch {
  readonly service: Service;
  /** Undefined for an alarm that there is not. */
  stateOf(alarmArn: string): AlarmState | undefined;
  stop(): void;
}

/** CloudWatch's metrics arrive late; a point belongs to a period that was over this long ago. */
const ARRIVAL_MS = 1000;

/** Alarms that evaluate their template definitions on the metrics that the traffic produces, once a period. */
export function createCloudWatch(
  definitions: readonly AlarmDefinition[],
  metrics: Metrics,
  onChange: (change: AlarmChange) => void,
): CloudWatch {
  const alarms = new Map<string, LiveAlarm>(
    definitions.map((definition) => [
      definition.name,
      { definition, state: "INSUFFICIENT_DATA", reason: "Unchecked: Initial alarm creation", history: [] },
    ]),
  );
  const timers = [...alarms.values()].map((alarm) => {
    const timer = setInterval(() => look(alarm, metrics, onChange), alarm.definition.periodSeconds * 1000);
    return timer.unref();
  });
  const named = (names: string[] | undefined) =>
    [...alarms.values()].filter(({ definition }) => !names || names.includes(definition.name));

  return {
    stop: () => timers.forEach(clearInterval),
    stateOf: (alarmArn) => [...alarms.values()].find(({ definition }) => definition.arn === alarmArn)?.state,
    service: {
      DescribeAlarms: operation<DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput>({
        needs: () => [{ action: "cloudwatch:DescribeAlarms", resource: "*" }],
        run: async ({ AlarmNames }) => ({ MetricAlarms: named(AlarmNames).map(describe) }),
      }),
      DescribeAlarmHistory: operation<DescribeAlarmHistoryCommandInput, DescribeAlarmHistoryCommandOutput>({
        needs: () => [{ action: "cloudwatch:DescribeAlarmHistory", resource: "*" }],
        run: async ({ AlarmName, StartDate, EndDate, ScanBy }) => {
          const from = StartDate?.getTime() ?? 0;
          const to = EndDate?.getTime() ?? Number.POSITIVE_INFINITY;
          const changes = named(AlarmName === undefined ? undefined : [AlarmName])
            .flatMap(({ history }) => history)
            .filter(({ at }) => at.getTime() >= from && at.getTime() <= to)
            .sort((a, b) => a.at.getTime() - b.at.getTime());
          const items = changes.map(toHistoryItem);
          return { AlarmHistoryItems: ScanBy === "TimestampAscending" ? items : items.reverse() };
        },
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
  if (state === alarm.state) return;
  const change: AlarmChange = { alarm: alarm.definition, at: new Date(now), from: alarm.state, to: state, reason };
  alarm.state = state;
  alarm.reason = reason;
  alarm.history.push(change);
  onChange(change);
}

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
  AlarmType: "MetricAlarm",
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
