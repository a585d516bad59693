import { describe, expect, it } from "vitest";
import { documentOf } from "../../report/document.ts";
import type { Result } from "../../workflows/result.ts";
import { sampleResult } from "./sample.ts";

const namesOf = (result: Result) => documentOf(result).sections.map(({ name }) => name);

describe("the document of a game day", () => {
  it("has a section for whatever there is to say, in the order of the page", () => {
    const sections = ["reasons", "noticed", "measured", "faults", "put-back", "load", "cost", "real", "environment"];
    expect(namesOf(sampleResult())).toEqual(sections);
    expect(namesOf(sampleResult({ warnings: ["a restless baseline"] }))).toContain("warnings");
  });

  it("has none for what there is nothing to say of", () => {
    const empty = sampleResult({ faults: [], reasons: [], environment: {} });
    expect(namesOf(empty)).toEqual(["put-back", "load", "cost", "real"]);
  });

  it("gives what failed as the reason where there is no other", () => {
    const failure = { Error: "NotSteady", Cause: "p50 rose by 40 %" };
    const [reasons] = documentOf(sampleResult({ verdict: "invalid", reasons: [], failure })).sections;
    expect(reasons).toEqual({
      name: "reasons",
      title: "Why invalid",
      blocks: [{ is: "list", items: ["p50 rose by 40 %"] }],
    });
  });

  it("says the verdict once beside a badge that shows it", () => {
    const answer = (sentence: string) => documentOf(sampleResult({ sentence })).answer;
    expect(answer("Passed: nobody raised an alarm.")).toBe("Nobody raised an alarm.");
    expect(answer("Passed: load-comparison noticed it.")).toBe("load-comparison noticed it.");
    expect(answer("Look now. Passed: it did.")).toBe("Look now. Passed: it did.");
  });
});
