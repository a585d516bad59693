import { describe, expect, test } from "vitest";
import { GameDayInput, inputProblems } from "../../workflows/game-day-input.ts";

describe("what starts a game day", () => {
  test("may be nothing: there is a default drill, in full", () => {
    expect(GameDayInput.parse({})).toEqual({ drill: "gray-latency", profile: "full" });
    expect(inputProblems({})).toEqual([]);
  });

  test("may be a drill's name or a whole drill, and the profile", () => {
    expect(inputProblems({ drill: "control", profile: "rehearsal" })).toEqual([]);
    expect(inputProblems({ drill: { name: "mine" } })).toEqual([]);
  });

  test.each<[unknown, string[]]>([
    [{ drll: "control", now: 1 }, ['the unknown key "drll"', 'the unknown key "now"']],
    [{ profile: "quick" }, ['profile "quick", which is not "full" or "rehearsal"']],
    [{ drill: 7 }, ["drill 7, which is not the name of a drill, or a whole drill"]],
    [{ drill: ["control"] }, ['drill ["control"], which is not the name of a drill, or a whole drill']],
    [["control"], ['["control"]']],
    [7, ["7"]],
    ["control", ['"control"']],
    [null, ["null"]],
    [undefined, ["nothing"]],
  ])("is not %j, and it is said what was found", (raw, problems) => {
    expect(inputProblems(raw)).toEqual(problems);
  });

  test("is cut where it is long", () => {
    expect(inputProblems("x".repeat(500))[0]!.length).toBeLessThan(70);
  });
});
