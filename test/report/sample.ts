import type { Phase, Result, SeriesPoint } from "../../workflows/result.ts";
import { randomFrom } from "../analysis/generator.ts";

/** A rehearsal as it usually goes, for the tests of what is written about it. */

const T0 = Date.parse("2026-11-21T09:31:00Z");
export const at = (second: number) => new Date(T0 + second * 1000).toISOString();

export function sampleResult(change: Partial<Result> = {}): Result {
  return {
    id: "rehearsal-20261121-093100",
    drill: "slow-dependency",
    title: "A slow dependency in checkout",
    hypothesis:
      "When a third of the payments take 250 ms longer, the comparison of load notices and the alarms do not.",
    target: "shop",
    profile: "rehearsal",
    verdict: "passed",
    sentence:
      "Passed: load-comparison noticed slow-third after 17 s, the alarms did not (as expected); the system recovered 5 s after the undo and everything was put back.",
    reasons: ["every expectation was met", "everything was put back"],
    warnings: [],
    startedAt: at(-4),
    endedAt: at(101),
    load: {
      requests: 3800,
      failed: 12,
      failedByKind: { timeout: 9, "500": 3 },
      dropped: 0,
      rate: 40,
      shards: 1,
      skewMs: 0,
      latencyMs: { baseline: { p50: 3.1, p95: 5.2, p99: 8.4 } },
    },
    phases: [
      phase("warm-up", "warm-up", 0, 10, { p50: 3.4, p95: 41, p99: 210 }),
      phase("baseline", "baseline", 10, 45, { p50: 3.1, p95: 5.2, p99: 8.4 }),
      phase("fault", "slow-third", 45, 75, { p50: 3.3, p95: 254, p99: 262 }),
      phase("recovery", "recovery", 75, 95, { p50: 3.1, p95: 5.4, p99: 12 }),
    ],
    faults: [
      {
        name: "slow-third",
        kind: "lambda-env",
        change: "environment of function checkout: SLOW_SHARE=0.3, SLOW_MS=250",
        injectedAt: at(46.2),
        evidence: [
          "checkout answers with SLOW_SHARE=0.3 (LastUpdateStatus Successful)",
          "header x-slow seen in 31 % of probes",
        ],
        detections: [
          {
            detector: "load-comparison",
            outcome: "detected",
            detectedAt: at(63.5),
            secondsToDetect: 17.3,
            detail: "p90 3.9 ms → 254 ms; evidence 412 (alarm at 100)",
            expected: "detected within 30s",
            asExpected: true,
          },
          {
            detector: "cloudwatch-alarms",
            outcome: "not-detected",
            detail: "shop-errors and shop-throttles stayed OK; 1 % of errors would have raised shop-errors",
            expected: "not-detected",
            asExpected: true,
          },
        ],
        measures: [
          ...[
            {
              name: "load-failed",
              title: "load: failed",
              unit: "share" as const,
              baseline: 0,
              value: 0.002,
            },
            {
              name: "load-p99",
              title: "load: p99",
              unit: "milliseconds" as const,
              baseline: 61,
              value: 312,
              expected: "at most 500 ms",
              met: true,
            },
          ],
        ],
        undoneAt: at(76),
        recovered: true,
        secondsToRecover: 5,
        recovery:
          "as good as the baseline from 5 s after the undo: p50 within 25 %, p90 within 25 %, errors 0 % (baseline 0 %)",
      },
    ],
    restored: {
      ok: true,
      checks: [
        { what: "environment of checkout", ok: true, detail: "equal to the snapshot, in effect" },
        { what: "load", ok: true, detail: "no task with the tag of this game day" },
      ],
      conflicts: [],
      byHand: [],
    },
    cost: {
      estimatedUsd: 0.043,
      pricesOf: "2026-11",
      items: [
        { what: "Fargate, 1 task of 1 vCPU for 2 min", usd: 0.0016 },
        { what: "Lambda, 3,800 requests", usd: 0.041 },
      ],
    },
    transitions: 61,
    real: ["k6 2.2.0", "HTTP", "the functions of shop", "the state machine file"],
    played: ["Fargate", "CloudWatch"],
    environment: { gameday: "0.1.0", node: "24.21.0", k6: "2.2.0" },
    ...change,
  };
}

function phase(
  name: Phase["name"],
  label: string,
  from: number,
  to: number,
  latencyMs: NonNullable<Phase["latencyMs"]>,
): Phase {
  return {
    name,
    label,
    from: at(from),
    to: at(to),
    requests: (to - from) * 40,
    failed: name === "fault" ? 12 : 0,
    latencyMs,
  };
}

/** Points of 5 s that go with {@link sampleResult}. */
export function samplePoints(): SeriesPoint[] {
  const random = randomFrom(7);
  return Array.from({ length: 19 }, (_, index) => {
    const second = index * 5;
    const jitter = () => 1 + (random() - 0.5) * 0.25;
    const slow = second >= 45 && second < 80;
    const cold = second === 0;
    return {
      at: at(second),
      seconds: 5,
      requests: 200 + Math.round(random() - 0.5),
      failed: second >= 50 && second < 75 ? Math.round(random() * 5) : 0,
      latencyMs: {
        p50: 3.1 * jitter() + (cold ? 2 : 0),
        p95: (slow ? 252 : cold ? 60 : 5.2) * (slow ? 1 : jitter()),
        p99: (slow ? 258 : cold ? 280 : 8.5) * jitter(),
      },
    };
  });
}

const HOSTILE = `</script></title><script>alert("1")</script><img src=x onerror='alert(2)'>&amp; ]]> \`x\` | **b** [l](http://e.vil) \u0000\u001b\ud800 <!-- -->`;

/** The same, with something nasty in every text of it. */
export function hostileResult(): Result {
  const spoil = (value: unknown, key = ""): unknown => {
    if (typeof value === "string") return keeps(key, value) ? value : HOSTILE;
    if (Array.isArray(value)) return value.map((item) => spoil(item, key));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [OPEN.includes(key) ? HOSTILE : name, spoil(item, name)]),
    );
  };
  const restored = {
    ok: false,
    checks: [{ what: "x", ok: false, detail: "x" }],
    conflicts: [{ what: "x", ours: "x", found: "x" }],
    byHand: ["x"],
  };
  const faults = sampleResult().faults.map((fault) => ({
    ...fault,
    recovered: false,
    detections: fault.detections.map((detection) => ({ ...detection, asExpected: false })),
  }));
  return spoil(sampleResult({ restored, faults, failure: { Error: "x", Cause: "x" } })) as Result;
}

/** Records whose keys are anybody's. */
const OPEN = ["failedByKind", "environment", "latencyMs"].slice(0, 2);
const keeps = (key: string, value: string) =>
  ["verdict", "profile", "outcome"].includes(key) ||
  /^\d{4}-\d\d-\d\dT/.test(value) ||
  (key === "name" && /^(warm-up|baseline|fault|recovery)$/.test(value));
