import {
  type AlarmHistoryItem,
  type CompositeAlarm,
  DescribeAlarmHistoryCommand,
  GetMetricDataCommand,
  type MetricAlarm,
  type MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";
import * as z from "zod";
import { type AlarmRecord, judgeAlarms } from "../../analysis/alarms.ts";
import { describeAlarms } from "../runtime/alarms.ts";
import { pagesOf } from "../runtime/pages.ts";
import type { Runtime } from "../runtime/step.ts";
import type { Detector } from "./detector.ts";
import type { FaultWindow } from "./fault-window.ts";

/** The part of an alarm's `HistoryData` that says what it changed to. */
const HistoryData = z.object({ newState: z.object({ stateValue: z.string() }) });

/** Did one of the target's alarms go off? From their history: DescribeAlarms gives the present state only. */
export const cloudwatchAlarms: Detector = async (window, runtime) => {
  const names = window.plan.target.alarms;
  if (names.length === 0) return judgeAlarms([], { from: window.inEffectAt, to: window.listenUntil });
  const { metric, composite } = await describeAlarms(names, runtime);
  const records = await Promise.all(
    names.map((name) => {
      const alarm = metric.find((candidate) => candidate.AlarmName === name);
      if (alarm) return recordOf(alarm, window, runtime);
      const combined = composite.find((candidate) => candidate.AlarmName === name);
      if (combined) return recordOfComposite(combined, window, runtime);
      return { name, changes: [], points: 0, watches: "the alarm itself" };
    }),
  );
  return judgeAlarms(records, { from: window.inEffectAt, to: window.listenUntil });
};

async function recordOf(alarm: MetricAlarm, window: FaultWindow, runtime: Runtime): Promise<AlarmRecord> {
  const from = new Date(window.baselineFrom);
  const to = new Date(window.listenUntil);
  const [history, points] = await Promise.all([
    readHistory(alarm, from, to, runtime),
    countPoints(alarm, from, to, runtime),
  ]);
  return { name: alarm.AlarmName ?? "", changes: history.map(toChange), points, watches: watchedBy(alarm) };
}

/** It has no metric of its own: it can speak unless the alarms that it combines have no data. */
async function recordOfComposite(alarm: CompositeAlarm, window: FaultWindow, runtime: Runtime): Promise<AlarmRecord> {
  const history = await readHistory(alarm, new Date(window.baselineFrom), new Date(window.listenUntil), runtime);
  return {
    name: alarm.AlarmName ?? "",
    changes: history.map(toChange),
    points: alarm.StateValue === "INSUFFICIENT_DATA" ? 0 : 1,
    watches: alarm.AlarmRule ?? "other alarms",
  };
}

const toChange = ({ Timestamp, HistoryData: data }: AlarmHistoryItem) => ({
  at: Timestamp?.getTime() ?? 0,
  to: HistoryData.parse(JSON.parse(data ?? "{}")).newState.stateValue,
});

async function readHistory(
  alarm: MetricAlarm | CompositeAlarm,
  StartDate: Date,
  EndDate: Date,
  { clients }: Runtime,
): Promise<AlarmHistoryItem[]> {
  const pages = await pagesOf(
    (NextToken) =>
      clients.cloudwatch.send(
        new DescribeAlarmHistoryCommand({
          AlarmName: alarm.AlarmName,
          AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
          HistoryItemType: "StateUpdate",
          StartDate,
          EndDate,
          ScanBy: "TimestampAscending",
          NextToken,
        }),
      ),
    (page) => page.NextToken,
  );
  return pages.flatMap(({ AlarmHistoryItems }) => AlarmHistoryItems ?? []);
}

async function countPoints(alarm: MetricAlarm, from: Date, to: Date, { clients }: Runtime): Promise<number> {
  const { MetricDataResults } = await clients.cloudwatch.send(
    new GetMetricDataCommand({ MetricDataQueries: queriesOf(alarm), StartTime: from, EndTime: to }),
  );
  // With several metrics in an expression, each of them has to have data.
  return Math.min(...(MetricDataResults ?? []).map((result) => result.Values?.length ?? 0));
}

/** The metrics that the alarm watches; of an expression, its parts. */
function queriesOf(alarm: MetricAlarm): MetricDataQuery[] {
  const parts = alarm.Metrics?.filter((query) => query.MetricStat !== undefined);
  if (parts && parts.length > 0) return parts.map((query) => ({ ...query, ReturnData: true }));
  const { Namespace, MetricName, Dimensions, Period } = alarm;
  return [
    {
      Id: "watched",
      MetricStat: {
        Metric: { Namespace, MetricName, Dimensions },
        Period,
        Stat: alarm.ExtendedStatistic ?? alarm.Statistic,
      },
    },
  ];
}

function watchedBy(alarm: MetricAlarm): string {
  return queriesOf(alarm)
    .map(({ MetricStat }) => {
      const dimensions = (MetricStat?.Metric?.Dimensions ?? []).map(({ Name, Value }) => `${Name}=${Value}`);
      return `${MetricStat?.Metric?.Namespace} ${MetricStat?.Metric?.MetricName} {${dimensions.join(", ")}}`;
    })
    .join(" and ");
}
