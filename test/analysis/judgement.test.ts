import { describe, expect, test } from "vitest";
import { type GameDayEvidence, judgeEvidence, judgeFault } from "../../analysis/judgement.ts";
import { samplePlan } from "../workflows/sample.ts";

const plan = samplePlan();
const fault = plan.faults[0]!;
const inEffectAt = "2026-11-21T09:05:00.000Z";
const restoredAt = "2026-11-21T09:10:00.000Z";
const noticed = { outcome: "detected", detectedAt: Date.parse(inEffectAt) + 12_000, detail: "slower" } as const;
const acted = {
  inEffectAt,
  evidence: ["seen"],
  findings: fault.expect.map(() => noticed),
  measures: [],
};

describe("a fault", () => {
  test("has what each detector said, beside what was expected of it", () => {
    const { detections } = judgeFault({ fault, acted, restoredAt });
    expect(detections.map(({ detector }) => detector)).toEqual(fault.expect.map(({ detector }) => detector));
    for (const detection of detections) expect(detection).toMatchObject({ outcome: "detected", secondsToDetect: 12 });
  });

  test("has recovered only as far as that was measured", () => {
    const recovery = { recovered: true, secondsToRecover: 5, detail: "as good as before", settled: true } as const;
    expect(judgeFault({ fault, acted, restoredAt, recovery: { ...recovery, recoveredAt: 0 } })).toMatchObject({
      undoneAt: restoredAt,
      recovered: true,
      secondsToRecover: 5,
      recovery: "as good as before",
    });
    const unseen = judgeFault({ fault, acted });
    expect(unseen).toMatchObject({ recovered: false, recovery: "the undo was not seen to be in effect under load" });
    expect(unseen).not.toHaveProperty("undoneAt");
  });

  test("that never acted has been noticed by nobody", () => {
    expect(judgeFault({ fault, restoredAt })).toMatchObject({
      detections: [],
      evidence: [],
      undoneAt: restoredAt,
      recovery: "the fault never acted",
    });
  });
});

describe("a game day", () => {
  const evidence: GameDayEvidence = {
    plan,
    now: Date.parse("2026-11-21T09:20:00Z"),
    startOfLoad: undefined,
    baseline: undefined,
    blocks: [],
    firstRequests: [],
    restored: { ok: true, checks: [], conflicts: [], byHand: [] },
    failure: undefined,
    interruption: undefined,
    real: [],
    played: [],
    environment: {},
  };

  test("whose restoration was not verified is taken for not restored", () => {
    const { restored, reasons } = judgeEvidence({ ...evidence, restored: undefined }, []);
    expect(restored.ok).toBe(false);
    expect(reasons.join()).toContain("everything is back as it was");
  });

  test("keeps what failed beside its verdict", () => {
    const failure = { Error: "NotSteady", Cause: "p50 rose" };
    const judged = judgeEvidence({ ...evidence, failure }, [judgeFault({ fault })]);
    expect(judged).toMatchObject({ verdict: "invalid", failure, endedAt: "2026-11-21T09:20:00.000Z" });
    expect(judgeEvidence({ ...evidence, interruption: "ABORTED" }, []).verdict).toBe("aborted");
  });
});
