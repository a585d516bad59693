import { scaleLinear } from "d3-scale";
import type { Result, SeriesPoint } from "../workflows/result.ts";
import { type Markup, trusted, xml } from "./markup.ts";
import { type Moment, momentsOf } from "./moments.ts";
import {
  errorsPanel,
  hover,
  LEFT,
  latencyPanel,
  loadPanel,
  type Panel,
  RIGHT,
  r,
  type Sample,
  type Scale,
  timeAxis,
  WIDTH,
} from "./panels.ts";
import { PICTURE_STYLE } from "./picture-style.ts";
import { arrangeFlags, textWidth } from "./placing.ts";
import { elapsedText } from "./wording.ts";

/** Heights in the picture's units. */
const FLAG_ROW = 19;
const BAND = 20;
const LATENCY_HEIGHT = 220;
const ERRORS_HEIGHT = 74;
const LOAD_HEIGHT = 34;
/** Between panels, with room for the heading of the lower one. */
const GAP = 36;

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

type Flag = ReturnType<typeof arrangeFlags<Moment & { x: number }>>[number];

/** It leaves out the band, where it would run through the phases' names. */
function pole({ x, tone }: Flag, top: number, band: number, bottom: number): Markup {
  return xml`<path class="pole ${tone}" d="M${r(x)} ${top - 4}V${band}M${r(x)} ${band + BAND}V${bottom}"/>`;
}

function flagText({ x, label, detail, tone, at, flipped }: Flag, y: number, origin: number): Markup {
  const side = flipped ? -1 : 1;
  return xml`<g class="flag ${tone}"><title>${elapsedText(secondsSince(origin, at))} ${detail}</title><circle cx="${r(x)}" cy="${y - 4}" r="4"/><text class="${flipped ? "flipped" : ""}" x="${r(x + side * 8)}" y="${y}">${label}</text></g>`;
}
