import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documentOf } from "../../report/document.ts";
import { plain, summary as render } from "../../report/markdown.ts";
import type { Result } from "../../workflows/result.ts";
import { hostileResult, sampleResult } from "./sample.ts";

const summary = (result: Result) => render(documentOf(result));

describe("summary", () => {
  it("begins with the verdict and the answer", () => {
    const [title, , answer] = summary(sampleResult()).split("\n");
    expect(title).toBe("# ✅ A slow dependency in checkout: passed");
    expect(answer).toMatch(/^\*\*Passed: load-comparison noticed slow-third after 17 s/);
  });

  it("says who noticed, in a table", () => {
    expect(summary(sampleResult())).toContain(
      "| slow-third | load-comparison | noticed | 17 s | detected within 30s | ✓ | p90 3.9 ms → 254 ms; evidence 412 (alarm at 100) |",
    );
  });

  it("has the commands to put back by hand near the top, in a fence that holds them", () => {
    const restored = { ok: false, checks: [], conflicts: [], byHand: ["echo ```", "aws lambda …"] };
    const text = summary(sampleResult({ restored }));
    expect(text).toContain("````sh\necho ```\naws lambda …\n````");
    expect(text.indexOf("by hand")).toBeLessThan(text.indexOf("Who noticed"));
  });

  it("says how long a stack of the game day's own took to come and to go", () => {
    const deployed = { stack: "Shop", secondsUp: 45, secondsDown: 30 };
    expect(summary(sampleResult({ deployed }))).toContain("Stack Shop: brought up in 45 s, taken down in 30 s.");
    expect(summary(sampleResult({ deployed: { stack: "Shop" } }))).toContain("did not come up, not seen to be gone.");
    expect(summary(sampleResult())).not.toContain("Stack");
  });

  it("lets nothing of the result become markup", () => {
    const outsideFences = summary(hostileResult()).replace(/^(`{3,})sh\n[\s\S]*?\n\1$/gm, "");
    expect(outsideFences).not.toMatch(/<[a-z/!]/i);
    expect(outsideFences).not.toMatch(/(?<!\\)\[l/);
    expect(outsideFences).not.toMatch(/https?:/);
    const rows = outsideFences.split("\n").filter((line) => line.startsWith("|"));
    for (const row of rows) expect([6, 7, 8]).toContain(row.match(/(?<!\\)\|/g)!.length);
  });
});

describe("plain", () => {
  it("leaves no line break, tag or unescaped mark, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const escaped = plain(text);
        expect(escaped).not.toMatch(/[\n\r<>]/);
        expect(escaped.replace(/\\[\\`*_{}[\]#+!|~$.-]/g, "")).not.toMatch(/[\\`*_[\]|~]/);
      }),
    );
  });
});
