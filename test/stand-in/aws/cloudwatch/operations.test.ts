import {
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricAlarm,
} from "@aws-sdk/client-cloudwatch";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readAlarm } from "../../../../stand-in/aws/cloudwatch/alarms.ts";
import { Metrics } from "../../../../stand-in/aws/cloudwatch/metrics.ts";
import { type AlarmChange, createCloudWatch } from "../../../../stand-in/aws/cloudwatch/operations.ts";
import { graphOf } from "../../templates.ts";

const NINE = Date.parse("2026-11-21T09:00:00Z");
const DIMENSIONS = { ApiId: "abc" };
const [resource] = graphOf({
  Errors: {
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      AlarmName: "errors",
      Namespace: "AWS/ApiGateway",
      MetricName: "5xx",
      Dimensions: [{ Name: "ApiId", Value: "abc" }],
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 2,
      Threshold: 10,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      TreatMissingData: "notBreaching",
    },
  },
}).resources;

let metrics: Metrics;
let changes: AlarmChange[];
let cloudwatch: ReturnType<typeof createCloudWatch>;
beforeEach(() => {
  vi.useFakeTimers({ now: NINE });
  metrics = new Metrics(Date.now);
  changes = [];
  cloudwatch = createCloudWatch({ metric: [readAlarm(resource!, 5)], composite: [] }, metrics, (change) =>
    changes.push(change),
  );
  cloudwatch.open();
});
afterEach(() => {
  cloudwatch.stop();
  vi.useRealTimers();
});

const ask = <T>(command: { input: object }) =>
  cloudwatch.operations[command.constructor.name.replace("Command", "")]!.run(command.input as never) as Promise<T>;
const present = async () =>
  (await ask<{ MetricAlarms: MetricAlarm[] }>(new DescribeAlarmsCommand({}))).MetricAlarms[0]!;

/** So many seconds in which so many requests fail each. */
function pass(seconds: number, errors: number) {
  for (let second = 0; second < seconds; second++) {
    metrics.add("AWS/ApiGateway", "5xx", DIMENSIONS, errors);
    vi.advanceTimersByTime(1000);
  }
}

test("an alarm goes off after its periods, and back when they are good again", async () => {
  expect((await present()).StateValue).toBe("INSUFFICIENT_DATA");
  pass(15, 0);
  expect((await present()).StateValue).toBe("OK");
  pass(15, 3);
  expect((await present()).StateValue).toBe("ALARM");
  pass(20, 0);
  expect((await present()).StateValue).toBe("OK");
  expect(changes.map(({ from, to }) => `${from} → ${to}`)).toEqual([
    "INSUFFICIENT_DATA → OK",
    "OK → ALARM",
    "ALARM → OK",
  ]);
  // Two of three periods of five seconds, and a second until the last point is there.
  const seconds = (changes[1]!.at.getTime() - NINE) / 1000 - 15;
  expect(seconds).toBeGreaterThanOrEqual(10);
  expect(seconds).toBeLessThanOrEqual(15);
});

test("alarms that are not open yet tell nothing, so that nothing is lost for somebody who is not there yet", () => {
  const told: AlarmChange[] = [];
  const closed = createCloudWatch({ metric: [readAlarm(resource!, 5)], composite: [] }, metrics, (change) =>
    told.push(change),
  );
  pass(15, 0);
  expect(told).toEqual([]);
  closed.open();
  pass(15, 0);
  closed.stop();
  expect(told.map(({ to }) => to)).toEqual(["OK"]);
});

test("a shorter breach than M periods changes nothing", async () => {
  pass(15, 0);
  pass(4, 10);
  pass(15, 0);
  expect(changes.filter(({ to }) => to === "ALARM")).toEqual([]);
});

test("its history tells each change with its time, also after it is over", async () => {
  pass(15, 0);
  pass(15, 3);
  pass(20, 0);
  const history = (input: object) =>
    ask<{ AlarmHistoryItems: { Timestamp: Date; HistoryData: string }[] }>(
      new DescribeAlarmHistoryCommand({ AlarmName: "errors", ...input }),
    );
  const { AlarmHistoryItems } = await history({ ScanBy: "TimestampAscending" });
  expect(AlarmHistoryItems.map(({ HistoryData }) => JSON.parse(HistoryData).newState.stateValue)).toEqual([
    "OK",
    "ALARM",
    "OK",
  ]);
  expect(AlarmHistoryItems.map(({ Timestamp }) => Timestamp)).toEqual(changes.map(({ at }) => at));
  // Newest first is CloudWatch's default.
  expect((await history({})).AlarmHistoryItems[0]!.Timestamp).toEqual(changes.at(-1)!.at);
  const window = { StartDate: changes[1]!.at, EndDate: changes[1]!.at };
  expect((await history(window)).AlarmHistoryItems).toHaveLength(1);
});

test("an alarm is described as its template has it, with the period that it is rehearsed with", async () => {
  expect(await present()).toMatchObject({
    AlarmName: "errors",
    MetricName: "5xx",
    Dimensions: [{ Name: "ApiId", Value: "abc" }],
    Statistic: "Sum",
    Period: 5,
    DatapointsToAlarm: 2,
    EvaluationPeriods: 3,
  });
  expect(await ask(new DescribeAlarmsCommand({ AlarmNames: ["other"] }))).toEqual({
    MetricAlarms: [],
    CompositeAlarms: [],
  });
});

test("metric data has a point for each period that has any, the newest first unless asked otherwise", async () => {
  pass(10, 1);
  pass(5, 0);
  vi.advanceTimersByTime(10_000);
  pass(5, 2);
  const query = (MetricName: string) => ({
    Id: MetricName === "5xx" ? "a" : "b",
    MetricStat: {
      Metric: { Namespace: "AWS/ApiGateway", MetricName, Dimensions: [{ Name: "ApiId", Value: "abc" }] },
      Period: 5,
      Stat: "Sum",
    },
  });
  const input = {
    MetricDataQueries: [query("5xx"), query("4xx")],
    StartTime: new Date(NINE),
    EndTime: new Date(NINE + 60_000),
  };
  expect(await ask(new GetMetricDataCommand(input))).toMatchObject({
    MetricDataResults: [
      { Id: "a", Values: [10, 0, 5, 5] },
      { Id: "b", Values: [] },
    ],
  });
  expect(await ask(new GetMetricDataCommand({ ...input, ScanBy: "TimestampAscending" }))).toMatchObject({
    MetricDataResults: [{ Id: "a", Values: [5, 5, 0, 10] }, {}],
  });
});
