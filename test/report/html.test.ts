import { describe, expect, it } from "vitest";
import { documentOf } from "../../report/document.ts";
import { report } from "../../report/html.ts";
import { picture } from "../../report/picture.ts";
import type { Result } from "../../workflows/result.ts";
import { hostileResult, samplePoints, sampleResult } from "./sample.ts";

const page = (result: Result) => report(documentOf(result), picture(result, samplePoints()));
const bodyText = (text: string) =>
  text
    .replace(/<style>[\s\S]*?<\/style>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

describe("report", () => {
  it("is one file that asks for nothing else and runs nothing", () => {
    const text = page(sampleResult());
    expect(text).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|\shref=|url\(|@import/);
    expect(text).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(text.match(/https?:\/\/[^"]*/g)).toEqual(["http://www.w3.org/2000/svg"]);
  });

  it("gives the answer first, then the picture, then what they rest on", () => {
    const text = page(sampleResult());
    const places = [
      'class="badge passed"',
      "load-comparison noticed",
      "<svg",
      "Who noticed",
      "Put back",
      "Cost",
      "Environment",
    ];
    const found = places.map((place) => text.indexOf(place));
    expect(found.every((place) => place >= 0)).toBe(true);
    expect(found).toEqual(found.toSorted((a, b) => a - b));
  });

  it("shows what to put back by hand above everything but the answer", () => {
    const restored = {
      ok: false,
      checks: [],
      conflicts: [{ what: "SLOW_MS", ours: "250", found: "400" }],
      byHand: ["aws lambda x"],
    };
    const text = page(sampleResult({ restored }));
    expect(text).toMatch(/role="alert"[\s\S]*SLOW_MS[\s\S]*<pre><code>aws lambda x<\/code><\/pre>[\s\S]*<svg/);
  });

  it("holds every text of the result as text", () => {
    const text = page(hostileResult());
    expect(text).not.toMatch(/<script|<img|onerror='|<!--/);
    const tags = new Set([...text.matchAll(/<([a-z][\w-]*)/gi)].map(([, tag]) => tag!.toLowerCase()));
    const usual = new Set([...page(sampleResult()).matchAll(/<([a-z][\w-]*)/gi)].map(([, tag]) => tag!.toLowerCase()));
    expect([...tags].filter((tag) => !usual.has(tag) && !["code", "pre"].includes(tag))).toEqual([]);
  });

  it("copes with a game day that ended before anything began", () => {
    const empty = sampleResult({ phases: [], faults: [], played: [], environment: {}, verdict: "aborted" });
    const text = report(documentOf(empty), picture(empty, []));
    expect(bodyText(text)).toContain("no load was measured");
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("says how long a stack of the game day's own took to come and to go", () => {
    const deployed = { stack: "Shop", secondsUp: 45, secondsDown: 30 };
    const text = report(documentOf(sampleResult({ deployed })), "<svg></svg>");
    expect(text).toContain("<dt>Stack Shop</dt><dd>brought up in 45 s, taken down in 30 s</dd>");
  });
});
