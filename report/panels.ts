import { scaleLinear, scaleLog } from "d3-scale";
import { area, curveStepAfter, line } from "d3-shape";
import { errorsText, msText } from "../analysis/wording.ts";
import type { Percentiles } from "../workflows/result.ts";
import { type Markup, xml } from "./markup.ts";
import { placeApart } from "./placing.ts";
import { elapsedText } from "./wording.ts";

/** Everything is laid out in these units; the picture scales to whatever room it gets. */
export const WIDTH = 960;
export const LEFT = 58;
export const RIGHT = 44;

/** A range of latencies wider than this is drawn on a logarithmic scale. */
const LOG_FROM = 12;

/** Along one axis: a value to its place. */
export type Scale = (value: number) => number;

export interface Panel {
  readonly top: number;
  readonly height: number;
}

/** One point of the series, placed on the time axis. */
export interface Sample {
  /** Seconds since the load began. */
  readonly from: number;
  readonly middle: number;
  readonly to: number;
  readonly latencyMs: Percentiles | undefined;
  readonly errors: number;
  readonly rate: number;
}

const PERCENTILES = ["p50", "p95", "p99"] as const;

/** Latency percentiles over time, on a logarithmic scale where the range asks for one. */
export function latencyPanel(samples: readonly Sample[], x: Scale, panel: Panel): Markup {
  const values = samples.flatMap(({ latencyMs }) => (latencyMs ? Object.values(latencyMs) : []));
  const { y, ticks } = latencyScale(values, panel);
  const runs = unbroken(samples);
  const curve = (percentile: keyof Percentiles) =>
    line<Sample>(
      ({ middle }) => r(x(middle)),
      ({ latencyMs }) => r(y(latencyMs![percentile])),
    );
  const last = samples.findLast(({ latencyMs }) => latencyMs);
  const names = placeApart(last ? PERCENTILES.map((name) => ({ name, y: y(last.latencyMs![name]) })) : [], 13);
  return xml`<g class="latency">${heading("latency", panel)}${values.length > 0 && grid(ticks, y, msText)}
${PERCENTILES.map((name) => xml`<path class="line ${name}" d="${runs.map((run) => curve(name)(run)).join("")}"/>`)}
${PERCENTILES.map((name) => lonely(runs).map(({ middle, latencyMs }) => xml`<circle class="dot ${name}" cx="${r(x(middle))}" cy="${r(y(latencyMs![name]))}" r="2"/>`))}
${names.map(({ name, y: at }) => xml`<text class="name" x="${r(x(last!.middle) + 7)}" y="${r(at + 4)}">${name}</text>`)}</g>`;
}

function latencyScale(values: readonly number[], { top, height }: Panel): { y: Scale; ticks: number[] } {
  const range = [top + height, top];
  const largest = Math.max(1, ...values);
  const smallest = Math.max(0.1, Math.min(largest, ...values));
  if (largest / smallest < LOG_FROM) {
    const scale = scaleLinear([0, largest * 1.05], range).nice(5);
    return { y: scale, ticks: scale.ticks(4) };
  }
  const scale = scaleLog([smallest / 1.3, largest * 1.3], range).clamp(true);
  const decades = Math.log10(largest / smallest);
  const leading = decades > 3.5 ? [1] : decades > 2 ? [1, 3] : [1, 2, 5];
  return { y: scale, ticks: scale.ticks().filter((tick) => leading.includes(leadingDigit(tick))) };
}

const leadingDigit = (value: number) => Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9));

/** The share of requests that failed. */
export function errorsPanel(samples: readonly Sample[], x: Scale, panel: Panel): Markup {
  const largest = Math.max(0, ...samples.map(({ errors }) => errors));
  const y = scaleLinear([0, Math.min(1, Math.max(0.01, largest * 1.1))], [panel.top + panel.height, panel.top]).nice(2);
  const shape = area<Sample>()
    .x(({ middle }) => r(x(middle)))
    .y0(panel.top + panel.height)
    .y1(({ errors }) => r(y(errors)));
  const runs = unbroken(samples);
  const outline = shape.lineY1();
  return xml`<g class="errors">${heading("failed requests", panel)}${grid(y.ticks(2), y, errorsText)}
<path class="fill" d="${runs.map((run) => shape(run)).join("")}"/><path class="line" d="${runs.map((run) => outline(run)).join("")}"/></g>`;
}

/** Requests a second: whether the load was kept. */
export function loadPanel(samples: readonly Sample[], x: Scale, panel: Panel): Markup {
  const largest = Math.max(1, ...samples.map(({ rate }) => rate));
  const y = scaleLinear([0, largest], [panel.top + panel.height, panel.top]);
  const steps = unbroken(samples).map((run) => [...run, { ...run.at(-1)!, from: run.at(-1)!.to }]);
  const shape = area<Sample>()
    .x(({ from }) => r(x(from)))
    .y0(panel.top + panel.height)
    .y1(({ rate }) => r(y(rate)))
    .curve(curveStepAfter);
  return xml`<g class="load">${heading("requests a second", panel)}${grid([0, largest], y, (rate) => String(Math.round(rate * 10) / 10))}
<path class="fill" d="${steps.map((run) => shape(run)).join("")}"/></g>`;
}

/** Time since the load began, under the last panel. */
export function timeAxis(end: number, x: Scale, bottom: number): Markup {
  const steps = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];
  const step = steps.find((seconds) => end / seconds <= 10) ?? Math.ceil(end / 10);
  const ticks = Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
  return xml`<g class="time"><line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${bottom}" y2="${bottom}"/>
${ticks.map((at) => xml`<line x1="${r(x(at))}" x2="${r(x(at))}" y1="${bottom}" y2="${bottom + 4}"/><text x="${r(x(at))}" y="${bottom + 17}">${clock(at, end)}</text>`)}
<text class="caption" x="${WIDTH - RIGHT}" y="${bottom + 33}">${end >= 3600 ? "hours:minutes" : "minutes:seconds"} since the load began</text></g>`;
}

/** Seconds would only be noise on an axis of hours. */
function clock(seconds: number, end: number): string {
  if (end < 3600) return elapsedText(seconds);
  return `${Math.floor(seconds / 3600)}:${String(Math.floor(seconds / 60) % 60).padStart(2, "0")}`;
}

const heading = (text: string, { top }: Panel) =>
  xml`<text class="heading" x="${LEFT + 6}" y="${top - 9}">${text}</text>`;

function grid(ticks: readonly number[], y: Scale, text: (value: number) => string): Markup[] {
  return ticks.map(
    (tick) =>
      xml`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${r(y(tick))}" y2="${r(y(tick))}"/><text class="tick" x="${LEFT - 7}" y="${r(y(tick) + 4)}">${text(tick)}</text>`,
  );
}

/** A strip over all panels that says what was measured there. */
export function hover(sample: Sample, x: Scale, top: number, bottom: number): Markup {
  const { from, to, latencyMs, errors, rate } = sample;
  const latency = latencyMs ? PERCENTILES.map((name) => `${name} ${msText(latencyMs[name])}`) : ["no requests"];
  const said = [
    elapsedText(from),
    ...latency,
    `failed ${errorsText(errors)}`,
    `${Math.round(rate * 10) / 10} requests/s`,
  ];
  return xml`<rect class="hover" x="${r(x(from))}" y="${top}" width="${r(x(to) - x(from))}" height="${bottom - top}"><title>${said.join(" · ")}</title></rect>`;
}

/** The runs of samples with latency between gaps in the load. */
function unbroken(samples: readonly Sample[]): Sample[][] {
  const runs: Sample[][] = [];
  let previous: Sample | undefined;
  for (const sample of samples) {
    if (!sample.latencyMs) continue;
    if (previous && Math.abs(sample.from - previous.to) < 0.5) runs.at(-1)!.push(sample);
    else runs.push([sample]);
    previous = sample;
  }
  return runs;
}

/** A line through one point is invisible. */
const lonely = (runs: readonly Sample[][]) => runs.filter((run) => run.length === 1).map((run) => run[0]!);

/** A tenth of a unit is finer than anybody sees. */
export const r = (value: number) => Math.round(value * 10) / 10;
