import { describe, expect, it, type TestContext } from "vitest";
import { shippedDrills } from "../../../cli/drills.ts";
import { Result } from "../../../workflows/result.ts";
import { CommandLine } from "./command-line.ts";

/** All shipped drills but the first two take forty minutes more. */
const ALL = process.env.GAMEDAY_ALL_DRILLS === "1";

const outcomes = (result: Result) =>
  Object.fromEntries(result.faults[0]!.detections.map(({ detector, outcome }) => [detector, outcome]));

const attempts = new Map<string, number>();

/** Whether a rehearsal says of itself that it could not measure: its baseline was not steady, or others had the processor. */
const couldNotMeasure = ({ failure }: Result, stderr: string) =>
  failure?.Error === "NotSteady" || stderr.includes("of this one's processor time");

/**
 * Runs a shipped drill with `--json`: stdout has to be `result.json` and nothing else. One that could not measure, twice in a
 * row, proves nothing about the drill: all that it has to show then is that everything was put back.
 */
async function rehearse(drill: string, { skip }: TestContext): Promise<Result> {
  const { code, stdout, stderr } = await new CommandLine("rehearse", drill, "--json").ended;
  const result = Result.parse(JSON.parse(stdout));
  expect(result.restored, stderr).toMatchObject({ ok: true, conflicts: [], byHand: [] });
  const attempt = (attempts.get(drill) ?? 0) + 1;
  attempts.set(drill, attempt);
  if (result.verdict !== "passed" && attempt > 1 && couldNotMeasure(result, stderr)) {
    skip(`this machine is too restless to measure anything: ${result.reasons.join()}`);
  }
  expect(result.reasons, stderr).toEqual([]);
  expect(code, stderr).toBe(0);
  return result;
}

// Statistics err at the rate that they state: one window in a hundred may cry wolf, one recovery in twenty-five may not be
// shown in the twenty seconds that a rehearsal has. Twice in a row is not chance.
describe("a rehearsal of", { retry: 1 }, () => {
  it("gray-latency: the alarms do not see it, the load comparison does, and it is put back", async (context) => {
    const result = await rehearse("gray-latency", context);
    expect(result.verdict).toBe("passed");
    expect(outcomes(result)).toEqual({
      "load-comparison": "detected",
      "cloudwatch-alarms": "not-detected",
      "function-metrics": expect.any(String),
    });
    expect(result.faults[0]).toMatchObject({ recovered: true });
    expect(result.restored).toMatchObject({ ok: true, conflicts: [], byHand: [] });
    expect(result.load).toMatchObject({ failed: 0, dropped: 0, shards: 1 });
    expect(result.load.requests).toBeGreaterThan(3000);
    expect(result.transitions).toBeGreaterThan(100);
    const { p50, p99 } = result.load.latencyMs["fault slow-third"]!;
    expect(p99).toBeGreaterThan(250);
    expect(p50).toBeLessThan(250);
  });

  it("control: without a fault nobody cries wolf", async (context) => {
    const result = await rehearse("control", context);
    expect(result.verdict).toBe("passed");
    expect(outcomes(result)).toEqual({ "load-comparison": "not-detected", "cloudwatch-alarms": "not-detected" });
  });
});

describe.runIf(ALL)("a rehearsal by FIS, if asked for, of", { retry: 1 }, () => {
  it("gray-latency-fis: the same slowness without touching the function's environment", async (context) => {
    const result = await rehearse("gray-latency-fis", context);
    expect(result.verdict).toBe("passed");
    expect(outcomes(result)).toMatchObject({ "load-comparison": "detected", "cloudwatch-alarms": "not-detected" });
    expect(result.faults[0]!.evidence.join()).toMatch(
      /experiment \S+ is running, its action aws:lambda:invocation-add-delay/,
    );
    expect(result.restored).toMatchObject({ ok: true, conflicts: [], byHand: [] });
  });
});

const LOUD: [drill: string, status: string][] = [
  ["error-burst", "500"],
  ["error-burst-fis", "500"],
  ["http-response-fis", "503"],
  ["orders-outage", "503"],
  ["throttle", "503"],
];

/** Those whose expectations say it all. */
const QUIET = shippedDrills().filter(
  (drill) => !["gray-latency", "control", "gray-latency-fis", ...LOUD.map(([name]) => name)].includes(drill),
);

describe.runIf(ALL)("a rehearsal, if asked for, of", { retry: 1 }, () => {
  it.for(LOUD)("%s: the alarms and the load comparison see it", async ([drill, status], context) => {
    const result = await rehearse(drill, context);
    expect(result.verdict).toBe("passed");
    expect(outcomes(result)).toMatchObject({ "load-comparison": "detected", "cloudwatch-alarms": "detected" });
    expect(Object.keys(result.load.failedByKind)).toEqual([status]);
  });

  it.for(QUIET)("%s: what its drill expects", async (drill, context) => {
    const result = await rehearse(drill, context);
    expect(result.verdict).toBe("passed");
    expect(result.restored).toMatchObject({ ok: true, conflicts: [], byHand: [] });
  });
});
