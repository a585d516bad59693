import { scaleLinear, scaleLog } from "d3-scale";
import { area, curveStepAfter, line } from "d3-shape";
import type { Percentiles, Result, SeriesPoint } from "../../workflows/result.ts";
import { errorsText, msText } from "../analysis/wording.ts";
import { type Markup, trusted, xml } from "./markup.ts";
import { type Moment, momentsOf } from "./moments.ts";
import { PICTURE_STYLE } from "./picture-style.ts";
import { arrangeFlags, placeApart, textWidth } from "./placing.ts";
import { elapsedText } from "./wording.ts";

/** Everything is laid out in these units; the picture scales to whatever room it gets. */
const WIDTH = 960;
const LEFT = 58;
const RIGHT = 44;
const FLAG_ROW = 19;
const BAND = 20;
const LATENCY_HEIGHT = 220;
const ERRORS_HEIGHT = 74;
const LOAD_HEIGHT = 34;
/** Between panels, with room for the heading of the lower one. */
const GAP = 36;

/** A range of latencies wider than this is drawn on a logarithmic scale. */
const LOG_FROM = 12;

type Scale = (value: number) => number;

interface Panel {
  readonly top: number;
  readonly height: number;
}

/** One point of the series, placed on the time axis. */
interface Sample {
  /** Seconds since the load began. */
  readonly from: number;
  readonly middle: number;
  readonly to: number;
  readonly latencyMs: Percentiles | undefined;
  readonly errors: number;
  readonly rate: number;
}

const PERCENTILES = ["p50", "p95", "p99"] as const;

/** One self-contained SVG that tells what happened, in a page as well as by itself. */
export function picture(result: Result, points: readonly SeriesPoint[]): string {
  const moments = momentsOf(result);
  const origin = originOf(result, points, moments);
  const samples = points.map((point) => sampleOf(point, origin)).sort((a, b) => a.from - b.from);
  const end = endOf(result, samples, moments, origin);
  const x: Scale = scaleLinear([0, end], [LEFT, WIDTH - RIGHT]);

  const marks = moments.map((moment) => ({
    ...moment,
    x: x(secondsSince(origin, moment.at)),
    label: shortened(moment.label),
  }));
  const flags = arrangeFlags(marks, { left: LEFT, right: WIDTH - 4 });
  const rows = Math.max(0, ...flags.map(({ row }) => row + 1));
  const band = 12 + rows * FLAG_ROW;
  const latency = { top: band + BAND + 28, height: LATENCY_HEIGHT };
  const errors = { top: latency.top + latency.height + GAP, height: ERRORS_HEIGHT };
  const load = { top: errors.top + errors.height + GAP, height: LOAD_HEIGHT };
  const bottom = load.top + load.height;
  const height = bottom + 40;

  return xml`<svg xmlns="http://www.w3.org/2000/svg" class="gameday-picture" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="picture-title picture-desc">
<title id="picture-title">${result.title}</title>
<desc id="picture-desc">${describe(result, moments, origin)}</desc>
<style>${trusted(PICTURE_STYLE)}</style>
<rect class="paper" width="${WIDTH}" height="${height}" rx="6"/>
${phases(result, x, origin, { top: band, height: bottom - band })}
${latencyPanel(samples, x, latency)}
${errorsPanel(samples, x, errors)}
${loadPanel(samples, x, load)}
${timeAxis(end, x, bottom)}
${samples.length === 0 && xml`<text class="nothing" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${latency.top + 110}">no load was measured</text>`}
<g>${samples.map((sample) => hover(sample, x, latency.top, bottom))}</g>
<g>${flags.map((flag) => pole(flag, (rows - 1 - flag.row) * FLAG_ROW + 16, band, bottom))}</g>
<g>${flags.map((flag) => flagText(flag, (rows - 1 - flag.row) * FLAG_ROW + 16, origin))}</g>
</svg>
`.toString();
}

const shortened = (label: string) => (label.length > 48 ? `${label.slice(0, 47)}…` : label);
const secondsSince = (origin: number, at: number) => (at - origin) / 1000;

function originOf(result: Result, points: readonly SeriesPoint[], moments: readonly Moment[]): number {
  const starts = [...result.phases.map(({ from }) => from), ...points.map(({ at }) => at)].map((at) => Date.parse(at));
  if (starts.length > 0) return Math.min(...starts);
  return Math.min(Date.parse(result.startedAt), ...moments.map(({ at }) => at));
}

function endOf(result: Result, samples: readonly Sample[], moments: readonly Moment[], origin: number): number {
  const ends = [
    ...result.phases.map(({ to }) => secondsSince(origin, Date.parse(to))),
    ...moments.map(({ at }) => secondsSince(origin, at)),
    ...samples.map(({ to }) => to),
  ];
  return Math.max(1, ...(ends.length > 0 ? ends : [secondsSince(origin, Date.parse(result.endedAt))]));
}

function sampleOf(point: SeriesPoint, origin: number): Sample {
  const from = secondsSince(origin, Date.parse(point.at));
  return {
    from,
    middle: from + point.seconds / 2,
    to: from + point.seconds,
    latencyMs: point.latencyMs,
    errors: point.requests === 0 ? 0 : point.failed / point.requests,
    rate: point.requests / point.seconds,
  };
}

function describe(result: Result, moments: readonly Moment[], origin: number): string {
  const told = moments.map(({ at, label }) => `${elapsedText(secondsSince(origin, at))} ${label}`);
  return [result.sentence, ...told].join(" · ");
}

function phases(result: Result, x: Scale, origin: number, { top, height }: Panel): Markup[] {
  return result.phases.map(({ name, label, from, to }) => {
    const [left, right] = [from, to].map((at) => x(secondsSince(origin, Date.parse(at)))) as [number, number];
    const width = Math.max(0, right - left);
    const fits = textWidth(label, 12) <= width - 6;
    const middle = left + width / 2;
    return xml`<g class="phase ${name}"><title>${label}</title><rect class="shade" x="${r(left)}" y="${top + BAND}" width="${r(width)}" height="${height - BAND}"/><rect class="band" x="${r(left)}" y="${top}" width="${r(width)}" height="${BAND}"/>${fits && xml`<text x="${r(middle)}" y="${top + 14}">${label}</text>`}</g>`;
  });
}

function latencyPanel(samples: readonly Sample[], x: Scale, panel: Panel): Markup {
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

function errorsPanel(samples: readonly Sample[], x: Scale, panel: Panel): Markup {
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

function loadPanel(samples: readonly Sample[], x: Scale, panel: Panel): Markup {
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

function timeAxis(end: number, x: Scale, bottom: number): Markup {
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
function hover(sample: Sample, x: Scale, top: number, bottom: number): Markup {
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

type Flag = ReturnType<typeof arrangeFlags<Moment & { x: number }>>[number];

/** It leaves out the band, where it would run through the phases' names. */
function pole({ x, tone }: Flag, top: number, band: number, bottom: number): Markup {
  return xml`<path class="pole ${tone}" d="M${r(x)} ${top - 4}V${band}M${r(x)} ${band + BAND}V${bottom}"/>`;
}

function flagText({ x, label, detail, tone, at, flipped }: Flag, y: number, origin: number): Markup {
  const side = flipped ? -1 : 1;
  return xml`<g class="flag ${tone}"><title>${elapsedText(secondsSince(origin, at))} ${detail}</title><circle cx="${r(x)}" cy="${y - 4}" r="4"/><text class="${flipped ? "flipped" : ""}" x="${r(x + side * 8)}" y="${y}">${label}</text></g>`;
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

const r = (value: number) => Math.round(value * 10) / 10;
