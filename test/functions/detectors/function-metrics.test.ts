import type { GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { beforeEach, expect, test } from "vitest";
import type { FaultWindow } from "../../../functions/detectors/fault-window.ts";
import { functionMetrics } from "../../../functions/detectors/function-metrics.ts";
import type { Clients } from "../../../functions/runtime/clients.ts";
import { Metrics } from "../../../stand-in/aws/cloudwatch/metrics.ts";
import { samplePlan, target } from "../../workflows/sample.ts";
import { runtimeFor } from "../runtime-for.ts";

const NINE = Date.parse("2026-11-21T09:00:00Z");
const minutes = (count: number) => NINE + count * 60_000;
const functions = { buy: "Shop-Buy-1A2B" };
const window: FaultWindow = {
  plan: { ...samplePlan({ target: { ...target, functions } }), profile: "full", baselineSeconds: 1200 },
  fault: samplePlan().faults[0]!,
  baseline: [],
  baselineFrom: NINE,
  inEffectAt: minutes(20),
  faultUntil: minutes(35),
  listenUntil: minutes(50),
  over: true,
};

let now: number;
let metrics: Metrics;
beforeEach(() => {
  metrics = new Metrics(() => now);
});

interface Behaviour {
  latencyMs: number;
  errors?: number;
  throttled?: boolean;
}

/** Minutes of sixty calls each, slightly restless by a rule of thumb so that the test is the same every time. */
function serves(from: number, to: number, { latencyMs, errors = 0, throttled = false }: Behaviour): void {
  const dimensions = { FunctionName: functions.buy };
  for (let minute = from; minute < to; minute++) {
    for (let call = 0; call < 60; call++) {
      now = minutes(minute) + call * 1000;
      metrics.add("AWS/Lambda", "Throttles", dimensions, throttled ? 1 : 0);
      if (throttled) continue;
      metrics.add("AWS/Lambda", "Invocations", dimensions, 1);
      metrics.add("AWS/Lambda", "Errors", dimensions, call < errors ? 1 : 0);
      metrics.add("AWS/Lambda", "Duration", dimensions, latencyMs * (1 + ((call * 7 + minute * 3) % 10) / 100));
    }
  }
}

function ask() {
  const { runtime, clock } = runtimeFor({ documents: {} as never });
  clock.time = new Date(minutes(60));
  const client = {
    send: async ({ input }: GetMetricDataCommand) => ({
      MetricDataResults: (input.MetricDataQueries ?? []).map(({ Id, MetricStat }) => {
        const points: [Date, number][] = [];
        for (let at = input.StartTime!.getTime(); at < input.EndTime!.getTime(); at += MetricStat!.Period! * 1000) {
          const { Namespace, MetricName } = MetricStat!.Metric!;
          const dimensions = { FunctionName: functions.buy };
          const value = metrics.statistic(Namespace!, MetricName!, dimensions, MetricStat!.Stat!, at, at + 60_000);
          if (value !== undefined) points.push([new Date(at), value]);
        }
        return { Id, Timestamps: points.map(([at]) => at), Values: points.map(([, value]) => value) };
      }),
    }),
  } as unknown as Clients["cloudwatch"];
  return functionMetrics(window, { ...runtime, clients: { ...runtime.clients, cloudwatch: client } }, {});
}

test("a function that is slower is noticed, once its metrics are on hand", async () => {
  serves(0, 20, { latencyMs: 50 });
  serves(20, 40, { latencyMs: 120 });
  const finding = await ask();
  expect(finding).toMatchObject({ outcome: "detected", detail: expect.stringMatching(/^buy: .*p50/) });
  // Not before the first minute is over and three more have passed.
  expect(finding.detectedAt).toBeGreaterThanOrEqual(minutes(24));
});

test("so is one that fails, and one that is throttled and has no errors at all", async () => {
  serves(0, 20, { latencyMs: 50 });
  serves(20, 40, { latencyMs: 50, errors: 20 });
  await expect(ask()).resolves.toMatchObject({ outcome: "detected", detail: expect.stringContaining("errors") });
  metrics = new Metrics(() => now);
  serves(0, 20, { latencyMs: 50 });
  serves(20, 40, { latencyMs: 50, throttled: true });
  await expect(ask()).resolves.toMatchObject({ outcome: "detected", detail: expect.stringContaining("errors") });
});

test("one that is as before is not noticed, and one without metrics could not be", async () => {
  await expect(ask()).resolves.toMatchObject({ outcome: "could-not-tell" });
  serves(0, 40, { latencyMs: 50 });
  await expect(ask()).resolves.toMatchObject({ outcome: "not-detected" });
});
