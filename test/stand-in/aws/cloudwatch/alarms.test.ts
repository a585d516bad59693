import { describe, expect, test } from "vitest";
import { type AlarmState, evaluateAlarm, readAlarm, valuesOf } from "../../../../stand-in/aws/cloudwatch/alarms.ts";
import { Metrics } from "../../../../stand-in/aws/cloudwatch/metrics.ts";
import { readGraph } from "../../../../stand-in/read-graph.ts";
import { TemplateError } from "../../../../stand-in/templates/cfn/intrinsics.ts";
import { assembly, graphOf } from "../../templates.ts";

const PROPERTIES = {
  Namespace: "AWS/ApiGateway",
  MetricName: "5xx",
  Dimensions: [{ Name: "ApiId", Value: "abc" }],
  Statistic: "Sum",
  Period: 60,
  EvaluationPeriods: 5,
  DatapointsToAlarm: 2,
  Threshold: 10,
  ComparisonOperator: "GreaterThanOrEqualToThreshold",
  TreatMissingData: "notBreaching",
};

function alarm(changes: object = {}, periodSeconds?: number) {
  const Properties = { ...PROPERTIES, ...changes };
  const [resource] = graphOf({ Errors: { Type: "AWS::CloudWatch::Alarm", Properties } }).resources;
  return readAlarm(resource!, periodSeconds);
}
const _ = undefined;
const stateOf = (values: (number | undefined)[], changes: object = {}, present: AlarmState = "OK") =>
  evaluateAlarm(alarm(changes), values, present).state;

describe("M of N", () => {
  test.each<[string, (number | undefined)[], AlarmState]>([
    ["none breaching", [1, 1, 1, 1, 1], "OK"],
    ["one breaching", [1, 1, 50, 1, 1], "OK"],
    ["two breaching", [1, 10, 1, 10, 1], "ALARM"],
    ["two breaching, the others missing", [_, 50, _, 50, _], "ALARM"],
    ["one breaching, the others missing", [_, _, _, 50, _], "OK"],
    ["all breaching", [50, 50, 50, 50, 50], "ALARM"],
  ])("2 of 5, %s", (_what, values, state) => {
    expect(stateOf(values)).toBe(state);
  });

  test("without DatapointsToAlarm it takes all", () => {
    expect(stateOf([50, 50, 50, 50, 1], { DatapointsToAlarm: undefined })).toBe("OK");
    expect(stateOf([50, 50, 50, 50, 50], { DatapointsToAlarm: undefined })).toBe("ALARM");
  });

  test("says the points and the threshold", () => {
    const { reason } = evaluateAlarm(alarm(), [1, 12.34567, _, 50, 1], "OK");
    expect(reason).toBe("2 of the last 5 datapoints [1, 12.35, 50, 1] breached the threshold (10); 2 make the alarm");
  });
});

describe("the comparison", () => {
  test.each([
    ["GreaterThanOrEqualToThreshold", [9, 10, 11], [false, true, true]],
    ["GreaterThanThreshold", [9, 10, 11], [false, false, true]],
    ["LessThanThreshold", [9, 10, 11], [true, false, false]],
    ["LessThanOrEqualToThreshold", [9, 10, 11], [true, true, false]],
  ])("%s", (ComparisonOperator, values, breaching) => {
    const one = { EvaluationPeriods: 1, DatapointsToAlarm: 1, ComparisonOperator };
    expect(values.map((value) => stateOf([value], one) === "ALARM")).toEqual(breaching);
  });

  test("one that is not played is an error that names alarm and comparison", () => {
    const banded = () => stateOf([1], { AlarmName: "errors", ComparisonOperator: "GreaterThanUpperThreshold" });
    expect(banded).toThrow(TemplateError);
    expect(banded).toThrow("Alarm errors: the comparison GreaterThanUpperThreshold is not played.");
  });
});

describe("missing data", () => {
  const nothing = [_, _, _, _, _];
  test.each<[string, AlarmState, AlarmState]>([
    ["notBreaching", "ALARM", "OK"],
    ["breaching", "OK", "ALARM"],
    ["ignore", "ALARM", "ALARM"],
    ["ignore", "OK", "OK"],
    ["missing", "OK", "INSUFFICIENT_DATA"],
  ])("treated as %s: from %s to %s", (TreatMissingData, present, state) => {
    expect(stateOf(nothing, { TreatMissingData }, present)).toBe(state);
  });

  test("nothing said is missing", () => {
    expect(stateOf(nothing, { TreatMissingData: undefined })).toBe("INSUFFICIENT_DATA");
  });

  test("breaching ones count with the others", () => {
    expect(stateOf([1, 1, 1, 50, _], { TreatMissingData: "breaching" })).toBe("ALARM");
    expect(stateOf([1, 1, 1, 50, _], { TreatMissingData: "notBreaching" })).toBe("OK");
  });

  test("ignored ones leave the state as it is, unless enough is known", () => {
    expect(stateOf([1, 1, 1, 50, _], { TreatMissingData: "ignore" }, "ALARM")).toBe("ALARM");
    expect(stateOf([1, 1, 50, 50, _], { TreatMissingData: "ignore" }, "OK")).toBe("ALARM");
  });
});

describe("an alarm's values", () => {
  const filled = () => {
    let now = 0;
    const metrics = new Metrics(() => now);
    for (const [at, value] of [
      [30_000, 1],
      [90_000, 2],
      [95_000, 4],
      [290_000, 8],
    ] as const) {
      now = at;
      metrics.add("AWS/ApiGateway", "5xx", { ApiId: "abc" }, value);
      metrics.add("AWS/ApiGateway", "Count", { ApiId: "abc" }, 10);
      metrics.add("AWS/ApiGateway", "5xx", { ApiId: "abc", Stage: "$default" }, 100);
    }
    return metrics;
  };

  test("are those of the last periods, the oldest first, gaps included", () => {
    expect(valuesOf(alarm(), filled(), 300_000)).toEqual([1, 6, _, _, 8]);
    expect(valuesOf(alarm(), filled(), 120_000)).toEqual([_, _, _, 1, 6]);
  });

  test("are none at all when a dimension is wrong", () => {
    const wrong = alarm({ Dimensions: [{ Name: "ApiName", Value: "abc" }] });
    expect(valuesOf(wrong, filled(), 300_000)).toEqual([_, _, _, _, _]);
  });

  test("may be of metric math over several metrics", () => {
    const stat = (name: string) => ({
      Metric: { Namespace: "AWS/ApiGateway", MetricName: name, Dimensions: PROPERTIES.Dimensions },
      Period: 60,
      Stat: "Sum",
    });
    const rate = alarm({
      MetricName: undefined,
      Metrics: [
        { Id: "rate", Expression: "100 * errors / requests", ReturnData: true },
        { Id: "errors", MetricStat: stat("5xx"), ReturnData: false },
        { Id: "requests", MetricStat: stat("Count"), ReturnData: false },
      ],
    });
    expect(valuesOf(rate, filled(), 300_000)).toEqual([10, 30, _, _, 80]);
  });

  test("may be percentiles", () => {
    expect(valuesOf(alarm({ Statistic: undefined, ExtendedStatistic: "p99" }), filled(), 120_000).at(-1)).toBe(4);
  });

  test("are of shorter periods in a rehearsal", () => {
    const short = alarm({}, 5);
    expect(short.periodSeconds).toBe(5);
    expect(valuesOf(short, filled(), 100_000)).toEqual([_, _, _, 2, 4]);
  });
});

test("the alarms of the templates are read whole", () => {
  const alarms = readGraph(assembly(), "salt")
    .ofType("AWS::CloudWatch::Alarm")
    .filter(({ stack }) => stack === "Orders")
    .map((each) => readAlarm(each));
  expect(alarms.map(({ watched, expression, periodSeconds }) => [watched.length, expression, periodSeconds])).toEqual([
    [1, undefined, 60],
    [2, "100 * errors / requests", 60],
    [1, undefined, 60],
  ]);
  expect(alarms[2]!.watched[0]).toMatchObject({ stat: "p99", name: "Latency" });
});
