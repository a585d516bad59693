import { describe, expect, test } from "vitest";
import { readDrill } from "../../workflows/drill-file.ts";
import { EXAMPLES } from "../../workflows/faults.ts";
import { eitherOf } from "../../workflows/problem.ts";
import { DRILL_TEXT, drillText } from "./sample.ts";

const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split("\n").length;

function problemsOf(text: string) {
  const file = readDrill(text);
  return file.ok ? [] : file.problems;
}

describe("a drill that is in order", () => {
  const file = readDrill(DRILL_TEXT);

  test("has its durations in seconds and its defaults filled in", () => {
    expect(file).toMatchObject({
      ok: true,
      drill: {
        warmUp: 300,
        baseline: 3600,
        deploy: { kind: "none" },
        load: { timeout: 10, shards: 1, request: { expectedStatus: [200], headers: {} } },
        comparison: { block: 30 },
        rehearsal: { timeout: 2 },
      },
    });
  });

  test("finds the line of anything in it", () => {
    if (!file.ok) return expect.fail("the drill is in order");
    const at = (...path: (string | number)[]) => file.locate([{ path, message: "" }])[0]!;
    expect(at("target")).toMatchObject({ line: lineOf(DRILL_TEXT, "target:"), column: 1 });
    expect(at("faults", 1, "duration")).toMatchObject({ line: lineOf(DRILL_TEXT, "duration: 10m"), column: 5 });
    expect(at("faults", 0, "set", "SLOW_SHARE").line).toBe(lineOf(DRILL_TEXT, "SLOW_SHARE"));
    expect(at("faults", 0, "expect", 1, "outcome").line).toBe(lineOf(DRILL_TEXT, "outcome: not-detected"));
    // What the text does not have stands where its parent does.
    expect(at("load", "script").line).toBe(lineOf(DRILL_TEXT, "load:"));
  });
});

/** What is written, what somebody made of it, the line where that stands, and what they are told. */
const BROKEN: [what: string, from: string, to: string, at: string, message: string][] = [
  [
    "a typo in a key",
    "baseline: 1h",
    "basline: 1h",
    "basline",
    'unknown key "basline"; beside it stand name, title, hypothesis, target, load, warmUp, faults, recovery, rehearsal (see drill.schema.json for all)',
  ],
  [
    "a typo in a key of a fault",
    "    duration: 15m",
    "    duration: 15m\n    length: 3m",
    "length",
    'unknown key "length"; beside it stand name, kind, function, set, duration, expect (see drill.schema.json for all)',
  ],
  [
    "a duration without a unit",
    "warmUp: 5m",
    'warmUp: "5"',
    "warmUp",
    'expected a duration such as 90s, 45m or 1h30m, found "5"',
  ],
  [
    "a duration that is a number",
    "duration: 15m",
    "duration: 15",
    "duration: 15",
    "expected a duration such as 90s, 45m or 1h30m, found 15",
  ],
  [
    "a kind of fault that there is not",
    "kind: lambda-env",
    "kind: lambda-environment",
    "kind: lambda-environment",
    `expected a kind of fault: ${eitherOf(Object.keys(EXAMPLES))}, found "lambda-environment"`,
  ],
  [
    "a limit that would be no limit but an outage",
    "kind: none",
    "kind: lambda-throttle\n    function: checkout\n    concurrency: 0",
    "concurrency: 0",
    "expected a whole number from 1 to 1000: none at all is the kind lambda-outage, found 0",
  ],
  [
    "a limit of half an invocation",
    "kind: none",
    "kind: lambda-throttle\n    function: checkout\n    concurrency: 1.5",
    "concurrency: 1.5",
    "expected a whole number from 1 to 1000, found 1.5",
  ],
  [
    "a limit without a number",
    "kind: none",
    "kind: lambda-throttle\n    function: checkout",
    "- name: nothing",
    "missing: expected a whole number from 1 to 1000",
  ],
  [
    "a detector that there is not",
    "{ detector: cloudwatch-alarms,",
    "{ detector: cloudwatch,",
    "{ detector: cloudwatch,",
    'expected a detector: "load-comparison", "cloudwatch-alarms", "function-metrics", "devops-guru", "notification", "events" or "self-healing", found "cloudwatch"',
  ],
  [
    "an outcome that there is not",
    "outcome: any",
    "outcome: maybe",
    "outcome: maybe",
    'expected an outcome: detected, not-detected or any, found "maybe"',
  ],
  [
    "a number where text is wanted",
    'SLOW_MS: "250"',
    "SLOW_MS: 250",
    "SLOW_MS: 250",
    'expected text: write numbers in quotes, such as "250", found 250',
  ],
  [
    "a variable's name that Lambda would refuse",
    "SLOW_MS:",
    "2SLOW:",
    "2SLOW:",
    'expected the name of an environment variable: letters, digits and _, starting with a letter, found "2SLOW"',
  ],
  ["a negative rate", "rate: 5", "rate: -5", "rate: -5", "expected number to be >0, found -5"],
  ["a title that is missing", "title: A slow dependency\n", "", "name:", "missing: expected string"],
  [
    "a function that is missing",
    "    function: checkout\n",
    "",
    "- name: slow-third",
    "missing: expected the name of a function",
  ],
  [
    "both a request and a script",
    "load:\n",
    "load:\n  script: checkout.ts\n",
    "load:",
    "expected either `request` or `script`, found",
  ],
  [
    "a script outside of the folder of scripts",
    "load:\n",
    "load:\n  script: ../../secrets.ts\n",
    "script:",
    "expected the name of a script in loadgen/scripts, such as checkout.ts",
  ],
  [
    "a path without its slash",
    "path: /orders",
    "path: orders",
    "path: orders",
    'expected a path that begins with /, found "orders"',
  ],
  [
    "two faults of one name",
    "name: nothing",
    "name: slow-third",
    "faults:",
    "expected a different name for each fault, found",
  ],
  [
    "a name with capitals",
    "target: shop",
    "target: Shop",
    "target: Shop",
    'expected a name of lower-case letters, digits and -, at most 40 long, found "Shop"',
  ],
  [
    "a time to detect for what shall not be detected",
    "outcome: not-detected }",
    "outcome: not-detected, within: 5m }",
    "within: 5m }\n  - name: nothing",
    'expected no `within` beside outcome "not-detected": it goes with "detected"',
  ],
  [
    "a fault too short to compare",
    "duration: 15m",
    "duration: 90s",
    "duration: 90s",
    "expected at least 2m (4 comparison blocks of 30 s), found 1m30s",
  ],
  [
    "a baseline too short to compare with",
    "baseline: 1h",
    "baseline: 1m",
    "baseline: 1m",
    "expected at least 2m (4 comparison blocks of 30 s), found 1m",
  ],
  [
    "a rehearsed fault too short to compare",
    "fault: 25s",
    "fault: 15s",
    "fault: 15s",
    "expected at least 20s (4 comparison blocks of 5 s), found 15s",
  ],
  [
    "comparison blocks that are no whole load blocks",
    "recovery:\n  within",
    "comparison: { block: 12s }\nrecovery:\n  within",
    "block: 12s",
    "expected a multiple of 5s: load is measured in 5-second blocks",
  ],
  ["no time to answer", "timeout: 10s", "timeout: 0s", "timeout: 0s", "expected more than no time at all, found 0s"],
  [
    "a guard over a time that is no whole load block",
    "recovery:\n  within",
    "guard:\n  errorRate: { above: 0.5, for: 12s }\nrecovery:\n  within",
    "errorRate:",
    "expected a multiple of 5s: load is measured in 5-second blocks, found 12s",
  ],
  [
    "a guard's share in percent",
    "recovery:\n  within",
    "guard:\n  errorRate: { above: 50, for: 30s }\nrecovery:\n  within",
    "errorRate:",
    "expected a share from 0 to below 1, such as 0.5: no error rate is above 1, found 50",
  ],
  [
    "a guard with nothing in it",
    "recovery:\n  within",
    "guard: {}\nrecovery:\n  within",
    "guard:",
    "expected at least one of errorRate, latency, alarms and budget, found {}",
  ],
  [
    "a guard's alarms that are neither any nor a list",
    "recovery:\n  within",
    "guard:\n  alarms: Errors\nrecovery:\n  within",
    "alarms: Errors",
    'expected "any" or a list of the target\'s alarms, found "Errors"',
  ],
  [
    "a rehearsal's time for a guard that there is not",
    "alarmPeriod: 5s",
    "alarmPeriod: 5s\n  guardFor: 10s",
    "guardFor: 10s",
    "expected a guard with errorRate or latency beside it",
  ],
  [
    "more shards than are supported",
    "rate: 5",
    "rate: 5\n  shards: 3",
    "shards: 3",
    "expected 1: more than one shard is not supported yet, found 3",
  ],
];

describe("of a drill that is broken it says the line, what was expected and what was found", () => {
  test.each(BROKEN)("%s", (_what, from, to, at, message) => {
    const text = drillText(from, to);
    // A typo in a key is two problems: one key too many, one too few.
    const problem = problemsOf(text).find((candidate) => candidate.message.startsWith(message));
    expect(problem, JSON.stringify(problemsOf(text))).toBeDefined();
    expect(problem!.line).toBe(lineOf(text, at));
  });

  test("everything that is wrong, in the order of the lines", () => {
    const text = drillText("warmUp: 5m", "warmUp: soon").replace("rate: 5", "rate: 0");
    expect(problemsOf(text).map(({ line }) => line)).toEqual([lineOf(text, "rate: 0"), lineOf(text, "warmUp")]);
  });

  test("a long value is cut short", () => {
    const [problem] = problemsOf(drillText("target: shop", `target: ${"x".repeat(500)}`));
    expect(problem!.message).toMatch(/found "x{40,60}\.\.\.$/);
    expect(problem!.message.length).toBeLessThan(150);
  });

  test("text that is not YAML", () => {
    const [problem] = problemsOf("name: x\ntitle: [1, 2\ntarget: y\n");
    expect(problem).toMatchObject({ path: [], message: expect.stringMatching(/^not YAML: /) });
    expect(problem!.line).toBeGreaterThanOrEqual(2);
  });

  test("a key that stands there twice", () => {
    const text = drillText("target: shop", "target: shop\ntarget: basket");
    expect(problemsOf(text)[0]).toMatchObject({ line: lineOf(text, "target: basket"), message: /unique/ });
  });

  test("a file that is empty", () => {
    expect(problemsOf("")).toEqual([
      {
        path: [],
        message: "expected a drill, with name, title, target, load, baseline, faults and so on, found null",
        line: 1,
        column: 1,
      },
    ]);
  });

  test("a file that is a list", () => {
    expect(problemsOf("- a\n- b\n")).toMatchObject([
      {
        message: 'expected a drill, with name, title, target, load, baseline, faults and so on, found ["a","b"]',
        line: 1,
      },
    ]);
  });
});
