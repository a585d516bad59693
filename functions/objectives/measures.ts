import { GetMetricDataCommand, type MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { foldPeriods, judgeMeasure, type Measured, ratio } from "../../analysis/objectives.ts";
import type { Interval } from "../../analysis/series.ts";
import type { Block } from "../../loadgen/blocks.ts";
import { failedIn, mergeBlocks } from "../../loadgen/blocks.ts";
import { sketchQuantile } from "../../loadgen/sketch.ts";
import { surgeLoad } from "../../workflows/names.ts";
import type { MetricRef } from "../../workflows/objectives.ts";
import type { MeasureResult } from "../../workflows/result.ts";
import type { PlannedFault } from "../../workflows/state.ts";
import type { FaultWindow } from "../detectors/fault-window.ts";
import { pagesOf } from "../runtime/pages.ts";
import type { Runtime } from "../runtime/step.ts";

/**
 * Everything that the target and the load measure of themselves, around one fault and in the baseline, beside what the
 * drill asks for. The load is measured while the fault lasts; the target until its time to recover is over, since what was
 * accepted during the fault may be done after it.
 */
export async function measureFault(
  fault: PlannedFault,
  window: FaultWindow,
  runtime: Runtime,
): Promise<MeasureResult[]> {
  const measured = [...(await measureLoad(fault, window, runtime)), ...(await measureTarget(window, runtime))];
  return measured.map((measure) =>
    judgeMeasure(
      measure,
      fault.objectives.find((objective) => objective.measure === measure.name),
    ),
  );
}

async function measureLoad(fault: PlannedFault, window: FaultWindow, { results }: Runtime): Promise<Measured[]> {
  const { plan, inEffectAt, faultUntil } = window;
  const before = baselineOf(window);
  const baseline = await results.blocks(plan.id, before.from, before.to);
  const during = await results.blocks(plan.id, inEffectAt, faultUntil);
  const measures = ofLoad("load", "load", baseline, during);
  if (!fault.surge) return measures;
  const surge = await results.blocks(surgeLoad(plan.id, fault.index), inEffectAt, faultUntil);
  return [...measures, ...ofLoad("surge", "surge", [], surge)];
}

function ofLoad(name: string, what: string, baseline: readonly Block[], during: readonly Block[]): Measured[] {
  const failed = (blocks: readonly Block[]) => {
    const all = mergeBlocks(blocks);
    return ratio(failedIn(all), all.count);
  };
  const p99 = (blocks: readonly Block[]) => sketchQuantile(mergeBlocks(blocks).latency, 0.99);
  const measure = (suffix: string, title: string, unit: Measured["unit"], of: typeof p99): Measured => ({
    name: `${name}-${suffix}`,
    title: `${what}: ${title}`,
    unit,
    baseline: of(baseline),
    value: of(during),
  });
  return [measure("failed", "failed", "share", failed), measure("p99", "p99", "milliseconds", p99)];
}

const baselineOf = ({ baselineFrom, plan }: FaultWindow): Interval => ({
  from: baselineFrom,
  to: baselineFrom + plan.baselineSeconds * 1000,
});

async function measureTarget(window: FaultWindow, runtime: Runtime): Promise<Measured[]> {
  const measures = Object.entries(window.plan.target.measures ?? {});
  if (measures.length === 0) return [];
  const series = measures.flatMap(([, { of, per }]) => [of, ...(per ? [per] : [])]);
  const before = await readSeries(series, baselineOf(window), window, runtime);
  const during = await readSeries(series, { from: window.inEffectAt, to: window.listenUntil }, window, runtime);
  return measures.map(([name, { title, unit, of, per }]) => {
    const value = (read: typeof before) => (per ? ratio(read(of), read(per)) : read(of));
    return { name, title, unit, baseline: value(before), value: value(during) };
  });
}

/** Each series as one value. Periods that are not whole are left out, so that a baseline has nothing of a fault. */
async function readSeries(
  series: readonly MetricRef[],
  { from, to }: Interval,
  { plan }: FaultWindow,
  { clients }: Runtime,
): Promise<(metric: MetricRef) => number | undefined> {
  // Rehearsals have no minutes to spare: the stand-in's metrics are of any period.
  const Period = plan.profile === "rehearsal" ? 1 : 60;
  const grid = Period * 1000;
  const MetricDataQueries = series.map(({ namespace, name, dimensions, stat }, index): MetricDataQuery => {
    const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    return {
      Id: `m${index}`,
      MetricStat: { Metric: { Namespace: namespace, MetricName: name, Dimensions }, Period, Stat: stat },
    };
  });
  // A fault that was cut short may have no whole period.
  const interval = {
    StartTime: new Date(Math.ceil(from / grid) * grid),
    EndTime: new Date(Math.floor(to / grid) * grid),
  };
  if (interval.StartTime >= interval.EndTime) return () => undefined;
  const pages = await pagesOf(
    (NextToken) =>
      clients.cloudwatch.send(
        new GetMetricDataCommand({
          MetricDataQueries,
          ...interval,
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
      ),
    (page) => page.NextToken,
  );
  const answers = pages.flatMap((page) => page.MetricDataResults ?? []);
  return (metric) => {
    const id = `m${series.indexOf(metric)}`;
    return foldPeriods(
      metric.stat,
      answers.filter(({ Id }) => Id === id).flatMap(({ Values = [] }) => Values),
    );
  };
}
