import { measureText } from "../analysis/objectives.ts";
import { msText } from "../analysis/wording.ts";
import type { MeasureResult, Result } from "../workflows/result.ts";
import { detectorName, numberText, OUTCOMES, secondsText } from "./wording.ts";

/** One line of a comparison: the same question put to every game day. */
export interface ComparedRow {
  readonly fault: string;
  readonly what: string;
  /** An answer of each game day, in their order. */
  readonly values: readonly string[];
}

/** Columns are named after what tells the game days apart: their targets, or else their ids. */
export function columnsOf(results: readonly Result[]): string[] {
  const targets = results.map(({ target }) => target);
  return new Set(targets).size === targets.length ? targets : results.map(({ id }) => id);
}

/** What was measured and who noticed, fault by fault; faults are the same when they have the same name. */
export function compareResults(results: readonly Result[]): ComparedRow[] {
  const faults = [...new Set(results.flatMap((result) => result.faults.map(({ name }) => name)))];
  return faults.flatMap((fault) => [
    ...loadRows(fault, results),
    ...measureRows(fault, results),
    ...whoRows(fault, results),
  ]);
}

const faultOf = (result: Result, name: string) => result.faults.find((fault) => fault.name === name);

function loadRows(fault: string, results: readonly Result[]): ComparedRow[] {
  const phases = results.map(({ phases: all }) => all.find(({ label }) => label === `fault ${fault}`));
  const row = (what: string, value: (phase: NonNullable<(typeof phases)[number]>) => string | undefined) => ({
    fault,
    what,
    values: phases.map((phase) => (phase && value(phase)) ?? "–"),
  });
  return [
    row("requests of the load", ({ requests }) => numberText(requests)),
    row("p50 of the load", ({ latencyMs }) => latencyMs && msText(latencyMs.p50)),
  ];
}

function measureRows(fault: string, results: readonly Result[]): ComparedRow[] {
  const measures = results.map((result) => faultOf(result, fault)?.measures ?? []);
  const titles = new Map(measures.flat().map(({ name, title }) => [name, title]));
  return [...titles].map(([name, title]) => ({
    fault,
    what: title,
    values: measures.map((all) => valueText(all.find((measure) => measure.name === name))),
  }));
}

function valueText(measure: MeasureResult | undefined): string {
  if (!measure) return "–";
  const value = measureText(measure.value, measure.unit);
  return measure.expected === undefined ? value : `${value} ${measure.met ? "✓" : "✗"} (${measure.expected})`;
}

function whoRows(fault: string, results: readonly Result[]): ComparedRow[] {
  const detections = results.map((result) => faultOf(result, fault)?.detections ?? []);
  const detectors = [...new Set(detections.flat().map(({ detector }) => detector))];
  return detectors.map((detector) => ({
    fault,
    what: detectorName(detector),
    values: detections.map((all) => {
      const found = all.find((detection) => detection.detector === detector);
      if (!found) return "not asked";
      const after = found.secondsToDetect === undefined ? "" : ` after ${secondsText(found.secondsToDetect)}`;
      return `${OUTCOMES[found.outcome]}${after}`;
    }),
  }));
}

/** What there is to say of game days side by side. */
export interface Comparison {
  readonly title: string;
  readonly ids: readonly string[];
  readonly columns: readonly string[];
  readonly answers: readonly (Pick<Result, "verdict" | "sentence" | "startedAt" | "profile"> & { column: string })[];
  readonly rows: readonly ComparedRow[];
}

export function comparisonOf(results: readonly Result[]): Comparison {
  const columns = columnsOf(results);
  return {
    title: `${[...new Set(results.map(({ title }) => title))].join(", ")}: ${columns.join(" and ")}`,
    ids: results.map(({ id }) => id),
    columns,
    answers: results.map((result, index) => ({ ...result, column: columns[index]! })),
    rows: compareResults(results),
  };
}
