import {
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  type MetricAlarm,
  type MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";
import { beforeEach, describe, expect, test } from "vitest";
import { cloudwatchAlarms } from "../../../functions/detectors/cloudwatch-alarms.ts";
import type { FaultWindow } from "../../../functions/detectors/fault-window.ts";
import type { Runtime } from "../../../functions/runtime/step.ts";
import { samplePlan, target } from "../../workflows/sample.ts";

const NINE = Date.parse("2026-11-21T09:00:00Z");
const window: FaultWindow = {
  plan: samplePlan({ target: { ...target, alarms: ["errors", "error-rate"] } }),
  fault: samplePlan().faults[0]!,
  baseline: [],
  baselineFrom: NINE,
  inEffectAt: NINE + 600_000,
  faultUntil: NINE + 900_000,
  listenUntil: NINE + 1_000_000,
  over: true,
};

const metric = (name: string) => ({
  Namespace: "AWS/ApiGateway",
  MetricName: name,
  Dimensions: [{ Name: "ApiId", Value: "abc" }],
});
const ERRORS: MetricAlarm = { AlarmName: "errors", ...metric("5xx"), Period: 60, Statistic: "Sum" };
const ERROR_RATE: MetricAlarm = {
  AlarmName: "error-rate",
  Metrics: [
    { Id: "rate", Expression: "100 * errors / requests" },
    { Id: "errors", MetricStat: { Metric: metric("5xx"), Period: 60, Stat: "Sum" }, ReturnData: false },
    { Id: "requests", MetricStat: { Metric: metric("Count"), Period: 60, Stat: "Sum" }, ReturnData: false },
  ],
};

/** What CloudWatch says of the alarms: their changes in seconds after nine, and how many points each metric has. */
let changes: Record<string, [second: number, to: string][]>;
let points: Record<string, number>;
let asked: { history: string[]; queries: MetricDataQuery[] };

const send = async (command: unknown) => {
  if (command instanceof DescribeAlarmsCommand) {
    return {
      MetricAlarms: [ERRORS, ERROR_RATE].filter(({ AlarmName }) => command.input.AlarmNames?.includes(AlarmName!)),
    };
  }
  if (command instanceof DescribeAlarmHistoryCommand) {
    const { AlarmName = "", HistoryItemType, StartDate, EndDate } = command.input;
    asked.history.push(AlarmName);
    expect({ HistoryItemType, StartDate, EndDate }).toEqual({
      HistoryItemType: "StateUpdate",
      StartDate: new Date(window.baselineFrom),
      EndDate: new Date(window.listenUntil),
    });
    return {
      AlarmHistoryItems: (changes[AlarmName] ?? []).map(([second, to]) => ({
        Timestamp: new Date(NINE + second * 1000),
        HistoryData: JSON.stringify({ version: "1.0", newState: { stateValue: to } }),
      })),
    };
  }
  if (command instanceof GetMetricDataCommand) {
    const queries = command.input.MetricDataQueries ?? [];
    asked.queries.push(...queries);
    return {
      MetricDataResults: queries.map(({ Id, MetricStat }) => ({
        Id,
        Values: Array.from({ length: points[MetricStat?.Metric?.MetricName ?? ""] ?? 0 }, () => 1),
      })),
    };
  }
  throw new Error("not played");
};
const ask = (changed: Partial<FaultWindow> = {}) =>
  cloudwatchAlarms({ ...window, ...changed }, { clients: { cloudwatch: { send } } } as unknown as Runtime, {});

beforeEach(() => {
  changes = {};
  points = { "5xx": 10, Count: 10 };
  asked = { history: [], queries: [] };
});

describe("the target's alarms", () => {
  test("noticed when one's history says so, whatever its state is by now", async () => {
    changes = {
      "error-rate": [
        [700, "ALARM"],
        [850, "OK"],
      ],
    };
    expect(await ask()).toEqual({
      outcome: "detected",
      detectedAt: NINE + 700_000,
      detail: "in ALARM: error-rate; silent: errors",
    });
  });

  test("also while the system recovers, since metrics arrive late", async () => {
    changes = { errors: [[950, "ALARM"]] };
    expect((await ask()).outcome).toBe("detected");
  });

  test("stayed silent: said of those that had data", async () => {
    expect(await ask()).toMatchObject({ outcome: "not-detected", detail: expect.stringContaining("2 alarms") });
    expect(asked.history).toEqual(["errors", "error-rate"]);
  });

  test("cannot tell when one watches a metric that has no data", async () => {
    points = { Count: 10 };
    expect(await ask()).toMatchObject({
      outcome: "could-not-tell",
      detail: expect.stringContaining("errors has no data: does AWS/ApiGateway 5xx {ApiId=abc} exist?"),
    });
  });

  test("an expression has data when all of its parts have", async () => {
    points = { "5xx": 10, Count: 0 };
    expect((await ask()).detail).toBe(
      "error-rate has no data: does AWS/ApiGateway 5xx {ApiId=abc} and AWS/ApiGateway Count {ApiId=abc} exist?",
    );
  });

  test("are asked for the data of what they watch: of an expression the parts", async () => {
    await ask();
    expect(asked.queries.map(({ Id, ReturnData }) => [Id, ReturnData ?? true])).toEqual([
      ["watched", true],
      ["errors", true],
      ["requests", true],
    ]);
    expect(asked.queries.every(({ Expression }) => Expression === undefined)).toBe(true);
  });

  test("that are none are not asked for: DescribeAlarms without names would give everybody's", async () => {
    const plan = samplePlan({ target: { ...target, alarms: [] } });
    expect(await ask({ plan })).toMatchObject({ outcome: "could-not-tell" });
    expect(asked).toEqual({ history: [], queries: [] });
  });
});
