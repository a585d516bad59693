import { describe, expect, it } from "vitest";
import { picture } from "../../report/picture.ts";
import type { SeriesPoint } from "../../workflows/result.ts";
import { at, hostileResult, samplePoints, sampleResult } from "./sample.ts";
import { expectWellFormed } from "./well-formed.ts";

const fault = sampleResult().faults[0]!;
const flat = (latency: number): SeriesPoint[] =>
  samplePoints().map((point) => ({ ...point, latencyMs: { p50: latency, p95: latency * 2, p99: latency * 3 } }));

describe("picture", () => {
  it("is well-formed SVG with finite numbers, whatever stands in the result", () => {
    for (const [result, points] of [
      [sampleResult(), samplePoints()],
      [hostileResult(), samplePoints()],
      [sampleResult({ phases: [], faults: [] }), []],
      [sampleResult(), samplePoints().map(({ latencyMs: _, ...point }) => ({ ...point, requests: 0 }))],
      [sampleResult(), flat(0)],
      [sampleResult(), flat(1e6).slice(3, 4)],
    ] as const) {
      const svg = picture(result, points).replace(/<style>[\s\S]*?<\/style>/, "");
      expectWellFormed(svg);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it("tells the story in words to those who cannot see it", () => {
    const svg = picture(sampleResult(), samplePoints());
    expect(svg).toContain('role="img" aria-labelledby="picture-title picture-desc"');
    expect(svg).toContain(
      "0:46 slow-third in effect · 1:04 load-comparison after 17 s · 1:16 undo in effect · 1:21 recovered after 5 s</desc>",
    );
  });

  it("takes a logarithmic scale only where the range demands it", () => {
    const ticks = (points: SeriesPoint[]) =>
      [...picture(sampleResult(), points).matchAll(/class="tick"[^>]*>([^<]* m?s)</g)].map(([, tick]) => tick);
    expect(ticks(samplePoints())).toEqual(["3 ms", "10 ms", "30 ms", "100 ms", "300 ms"]);
    expect(ticks(flat(10))).toEqual(["0 ms", "10 ms", "20 ms", "30 ms"]);
  });

  it("breaks its lines where there was no load", () => {
    const lines = (points: SeriesPoint[]) =>
      /class="line p50" d="([^"]*)"/.exec(picture(sampleResult(), points))![1]!.split("M").length - 1;
    expect(lines(samplePoints())).toBe(1);
    expect(lines(samplePoints().toSpliced(8, 2))).toBe(2);
  });

  it("marks no detection that did not happen and no undo of a control", () => {
    const control = { ...fault, name: "control", kind: "none", detections: fault.detections.slice(1) };
    const svg = picture(sampleResult({ faults: [control] }), samplePoints());
    expect(svg.match(/class="flag \w+"/g)).toEqual(['class="flag hurt"']);
    expect(svg).toContain("control begins");
  });

  it("shows hours for a game day of hours", () => {
    const long = [0, 3600, 7200].map((second) => ({ ...samplePoints()[0]!, at: at(second), seconds: 60 }));
    expect(picture(sampleResult(), long)).toContain("hours:minutes since the load began");
  });
});
