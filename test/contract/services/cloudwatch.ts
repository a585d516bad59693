import {
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListMetricsCommand,
  type MetricAlarm,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  type ScanBy,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { readAlarm } from "../../../stand-in/aws/cloudwatch/alarms.ts";
import { Metrics } from "../../../stand-in/aws/cloudwatch/metrics.ts";
import { createCloudWatch } from "../../../stand-in/aws/cloudwatch/operations.ts";
import { clientFor } from "../../functions/runtime-for.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { contracts, pick } from "../contract.ts";

/** A whole minute some time ago: moto keeps metrics for two weeks. */
const START = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;
const at = (seconds: number) => new Date(START + seconds * 1000);

const Namespace = "Shop";
const Dimensions = [{ Name: "FunctionName", Value: "checkout" }];
const OTHERS = [{ Name: "FunctionName", Value: "basket" }];
const POINTS = [
  ...[1, 2, 6].map((value, index) => ({ Dimensions, second: index * 10, value })),
  { Dimensions, second: 59, value: 3 },
  { Dimensions, second: 60, value: 0 },
  { Dimensions, second: 200, value: 5 },
  { Dimensions: OTHERS, second: 0, value: 100 },
];

const commons = {
  Threshold: 10,
  ComparisonOperator: "GreaterThanOrEqualToThreshold" as const,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  TreatMissingData: "notBreaching",
};
const metric = { Namespace, MetricName: "Errors", Dimensions };
const ALARMS = {
  sum: { ...commons, ...metric, Period: 60, Statistic: "Sum" as const },
  slow: { ...commons, ...metric, Period: 60, ExtendedStatistic: "p99" },
  share: {
    ...commons,
    Metrics: [
      { Id: "errors", MetricStat: { Metric: metric, Period: 60, Stat: "Sum" }, ReturnData: false },
      { Id: "expression", Expression: "errors / 2", ReturnData: true },
    ],
  },
};

/** What `functions/` reads of an alarm. */
const seen = ({ Metrics: parts, ...alarm }: MetricAlarm) => ({
  ...pick(
    alarm,
    "AlarmName",
    "AlarmArn",
    "StateValue",
    "StateReason",
    "Namespace",
    "MetricName",
    "Dimensions",
    "Period",
  ),
  ...pick(alarm, "Statistic", "ExtendedStatistic", "Threshold", "EvaluationPeriods", "DatapointsToAlarm"),
  ...pick(alarm, "TreatMissingData"),
  parts: (parts ?? []).map((part) => pick(part, "Id", "MetricStat", "Expression")),
});

export const cloudwatch = contracts<undefined>({
  of: "CloudWatch",
  async inMoto({ cloudwatch: client }) {
    for (const [AlarmName, alarm] of Object.entries(ALARMS)) {
      await client.send(new PutMetricAlarmCommand({ AlarmName, ...alarm }));
      // As a new alarm is on AWS; in moto it is OK.
      const begin = { StateValue: "INSUFFICIENT_DATA" as const, StateReason: "Unchecked: Initial alarm creation" };
      await client.send(new SetAlarmStateCommand({ AlarmName, ...begin }));
    }
    const MetricData = POINTS.map(({ Dimensions, second, value }) => ({
      MetricName: "Errors",
      Dimensions,
      Timestamp: at(second),
      Value: value,
    }));
    await client.send(new PutMetricDataCommand({ Namespace, MetricData }));
    return undefined;
  },
  async inStandIn() {
    let now = START;
    const metrics = new Metrics(() => now);
    for (const { Dimensions, second, value } of POINTS) {
      now = at(second).getTime();
      const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
      metrics.add(Namespace, "Errors", dimensions, value);
    }
    const { resources } = graphOf(
      Object.fromEntries(
        Object.entries(ALARMS).map(([AlarmName, alarm]) => [
          AlarmName,
          { Type: "AWS::CloudWatch::Alarm", Properties: { AlarmName, ...alarm } },
        ]),
      ),
    );
    const metric = resources.map((resource) => readAlarm(resource));
    const played = createCloudWatch({ metric, composite: [] }, metrics, () => {});
    return { clients: { cloudwatch: clientFor(played) }, world: undefined, stop: () => played.stop() };
  },
  contracts: {
    "alarms by their names": async ({ cloudwatch: client }) => {
      const described = async (input: object) => {
        const { MetricAlarms } = await client.send(new DescribeAlarmsCommand(input));
        return (MetricAlarms ?? []).map(seen).sort((a, b) => a.AlarmName!.localeCompare(b.AlarmName!));
      };
      return {
        named: await described({ AlarmNames: ["sum", "none", "slow", "share"] }),
        none: await described({ AlarmNames: ["none"], MaxRecords: 100 }),
      };
    },
    "metrics of a namespace": async ({ cloudwatch: client }) => {
      const listed = async (input: { Namespace: string }) => {
        const { Metrics: found } = await client.send(new ListMetricsCommand(input));
        return (found ?? [])
          .map((one) => pick(one, "Namespace", "MetricName", "Dimensions"))
          .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
      };
      return { there: await listed({ Namespace }), none: await listed({ Namespace: "Nothing" }) };
    },
    "statistics of whole periods": async ({ cloudwatch: client }) => {
      const stats = ["Sum", "Average", "SampleCount", "Minimum", "Maximum"];
      const dataOf = async (dimensions: typeof Dimensions, EndTime: Date, order?: ScanBy) => {
        const { MetricDataResults } = await client.send(
          new GetMetricDataCommand({
            StartTime: at(0),
            EndTime,
            MetricDataQueries: stats.map((Stat) => ({
              Id: Stat.toLowerCase(),
              MetricStat: { Metric: { ...metric, Dimensions: dimensions }, Period: 60, Stat },
            })),
            ...(order ? { ScanBy: order } : {}),
          }),
        );
        return MetricDataResults?.map(({ Id, Values, Timestamps, StatusCode }) => ({
          Id,
          Values,
          StatusCode,
          seconds: Timestamps?.map((time) => (time.getTime() - START) / 1000),
        }));
      };
      return {
        ascending: await dataOf(Dimensions, at(300), "TimestampAscending"),
        "without an order": await dataOf(Dimensions, at(300)),
        "up to a minute": await dataOf(Dimensions, at(60), "TimestampAscending"),
        others: await dataOf(OTHERS, at(300)),
        nobody: await dataOf([{ Name: "FunctionName", Value: "none" }], at(300)),
      };
    },
  },
});
