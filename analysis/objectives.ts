import type { Measure, Objective } from "../workflows/objectives.ts";
import type { MeasureResult } from "../workflows/result.ts";
import { errorsText, msText } from "./wording.ts";

/** A measure's value in an interval; undefined where there was nothing to measure. */
export interface Measured {
  readonly name: string;
  readonly title: string;
  readonly unit: Measure["unit"];
  readonly baseline: number | undefined;
  readonly value: number | undefined;
}

/** The values of a series' periods as one. */
export function foldPeriods(stat: string, values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return stat === "Sum" ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values);
}

/**
 * One series by another. Counts that CloudWatch has no point of are 0 when the other has points: nobody reports that
 * nothing happened. A share of nothing is no share.
 */
export function ratio(of: number | undefined, per: number | undefined): number | undefined {
  return per === undefined || per === 0 ? undefined : (of ?? 0) / per;
}

/** What was measured beside what the drill asks of it. */
export function judgeMeasure(measured: Measured, objective: Objective | undefined): MeasureResult {
  const { name, title, unit, baseline, value } = measured;
  return {
    name,
    title,
    unit,
    ...(baseline === undefined ? {} : { baseline }),
    ...(value === undefined ? {} : { value }),
    ...(objective ? { expected: objectiveText(objective, unit), met: isMet(objective, value) } : {}),
  };
}

function isMet({ atLeast, atMost }: Objective, value: number | undefined): boolean {
  return value !== undefined && value >= (atLeast ?? -Infinity) && value <= (atMost ?? Infinity);
}

function objectiveText({ atLeast, atMost }: Objective, unit: Measure["unit"]): string {
  return [
    ...(atLeast === undefined ? [] : [`at least ${measureText(atLeast, unit)}`]),
    ...(atMost === undefined ? [] : [`at most ${measureText(atMost, unit)}`]),
  ].join(" and ");
}

/** `31 %`, `1.2 s`, `412` */
export function measureText(value: number | undefined, unit: Measure["unit"]): string {
  if (value === undefined) return "–";
  switch (unit) {
    case "share":
      return errorsText(value);
    case "milliseconds":
      return msText(value);
    default:
      return Number.isInteger(value) ? value.toLocaleString("en-US") : value.toPrecision(3);
  }
}
