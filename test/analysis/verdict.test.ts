import { describe, expect, test } from "vitest";
import { judgeGameDay, messageOf } from "../../analysis/verdict.ts";
import type { Result } from "../../workflows/result.ts";
import { sampleResult } from "../report/sample.ts";

const passed = () => {
  const { faults, restored, load } = sampleResult();
  return structuredClone({ faults, restored, load });
};
type Judged = ReturnType<typeof passed>;

/** The verdict on the game day that passed, with something in it changed. */
function judge(change: (judged: Judged) => void, ending: Parameters<typeof judgeGameDay>[1] = {}) {
  const judged = passed();
  change(judged);
  return judgeGameDay(judged, ending);
}
const detection = (changes: Partial<Result["faults"][0]["detections"][0]>) => (judged: Judged) => {
  Object.assign(judged.faults[0]!.detections[0]!, changes);
};
const notRestored = (judged: Judged) => {
  judged.restored.ok = false;
  judged.restored.checks = [{ what: "SLOW_MS is as before", ok: false, detail: "still the fault's value" }];
};

test("passed: everything as expected, recovered, and put back", () => {
  expect(judge(() => {})).toEqual({ verdict: "passed", reasons: [] });
});

describe("failed: the system, its detectors or the restoration did not do what the drill expects", () => {
  test("a detector that did not notice", () => {
    const { verdict, reasons } = judge((judged) => {
      detection({ outcome: "not-detected", expected: "detected within 30s", asExpected: false })(judged);
      delete judged.faults[0]!.detections[0]!.secondsToDetect;
    });
    expect(verdict).toBe("failed");
    expect(reasons).toEqual([
      `load-comparison on "${passed().faults[0]!.name}": expected detected within 30s, found not-detected`,
    ]);
  });

  test("a detector that was too slow", () => {
    const { reasons } = judge(
      detection({ outcome: "detected", secondsToDetect: 41.4, expected: "detected within 30s", asExpected: false }),
    );
    expect(reasons[0]).toMatch(/expected detected within 30s, found detected after 41 s$/);
  });

  test("a system that did not recover", () => {
    const { verdict, reasons } = judge((judged) => {
      Object.assign(judged.faults[0]!, { recovered: false, recovery: "p90 is still 80 % above the baseline" });
    });
    expect(verdict).toBe("failed");
    expect(reasons[0]).toMatch(/^after ".+": p90 is still 80 % above the baseline$/);
  });

  test("something that was not put back, which comes first of all reasons", () => {
    const { verdict, reasons } = judge((judged) => {
      notRestored(judged);
      judged.faults[0]!.recovered = false;
    });
    expect(verdict).toBe("failed");
    expect(reasons[0]).toBe("not restored: SLOW_MS is as before (still the fault's value)");
    expect(reasons).toHaveLength(2);
  });
});

describe("invalid: the experiment says nothing", () => {
  test("something failed on the way; the reason is its own sentence", () => {
    const failure = { Error: "NotSteady", Cause: "Expected a steady baseline; found bursts." };
    expect(judge(() => {}, { failure })).toEqual({
      verdict: "invalid",
      reasons: ["NotSteady: Expected a steady baseline; found bursts."],
    });
  });

  test("a fault that was never shown to act", () => {
    const { verdict, reasons } = judge((judged) => {
      delete judged.faults[0]!.injectedAt;
    });
    expect(verdict).toBe("invalid");
    expect(reasons).toEqual([`fault "${passed().faults[0]!.name}" was never shown to be in effect`]);
  });

  test("a fault that is known to have done nothing, whatever was noticed", () => {
    const { verdict, reasons } = judge((judged) => {
      judged.faults[0]!.ineffective = "nobody was hurt";
    });
    expect(verdict).toBe("invalid");
    expect(reasons).toEqual([`fault "${passed().faults[0]!.name}" did nothing: nobody was hurt`]);
  });

  test("a detector that could not tell, if anything was expected of it", () => {
    const blind = { outcome: "could-not-tell", detail: "no data", asExpected: false } as const;
    const { verdict, reasons } = judge(detection({ ...blind, expected: "not-detected" }));
    expect(verdict).toBe("invalid");
    expect(reasons[0]).toMatch(/^load-comparison could not tell about ".+": no data$/);
    expect(judge(detection({ ...blind, expected: "any outcome", asExpected: true })).verdict).toBe("passed");
  });

  test("load that was not the one that was asked for", () => {
    const dropped = (count: number) =>
      judge((judged) => Object.assign(judged.load, { requests: 1000 - count, dropped: count }));
    expect(dropped(10).verdict).toBe("passed");
    expect(dropped(11)).toEqual({
      verdict: "invalid",
      reasons: ["11 of 1000 requests were never sent: the load generator could not keep the rate"],
    });
  });

  test("no evidence beats a bad outcome: who did not see the fault act cannot fail a detector", () => {
    const { verdict } = judge((judged) => {
      delete judged.faults[0]!.injectedAt;
      detection({ asExpected: false })(judged);
    });
    expect(verdict).toBe("invalid");
  });

  test("what was not put back is said all the same", () => {
    const { verdict, reasons } = judge(notRestored, { failure: { Error: "LoadLost" } });
    expect(verdict).toBe("invalid");
    expect(reasons).toEqual(["LoadLost", "not restored: SLOW_MS is as before (still the fault's value)"]);
  });
});

describe("aborted: its execution is gone", () => {
  test("says how, before anything else", () => {
    const { verdict, reasons } = judge(notRestored, { interruption: "TIMED_OUT", failure: { Error: "LoadLost" } });
    expect(verdict).toBe("aborted");
    expect(reasons[0]).toBe("the execution was TIMED_OUT");
    expect(reasons[1]).toMatch(/^not restored/);
  });
});

describe("aborted: the guard ended it", () => {
  const failure = { Error: "GuardTripped", Cause: "Expected at most 50 % to fail; found 57 %. The guard ends it." };

  test("in its own sentence, whatever else is missing by then", () => {
    const { verdict, reasons } = judge(
      (judged) => {
        delete judged.faults[0]!.injectedAt;
      },
      { failure },
    );
    expect(verdict).toBe("aborted");
    expect(reasons).toEqual(["Expected at most 50 % to fail; found 57 %. The guard ends it."]);
  });

  test("with what was not put back", () => {
    const { verdict, reasons } = judge(notRestored, { failure });
    expect(verdict).toBe("aborted");
    expect(reasons[1]).toMatch(/^not restored/);
  });

  test("after which the execution was stopped as well", () => {
    const { reasons } = judge(() => {}, { failure, interruption: "ABORTED" });
    expect(reasons).toEqual(["the execution was ABORTED", failure.Cause]);
  });
});

test("a control cannot fail to recover: there was nothing to recover from", () => {
  const judged = passed();
  Object.assign(judged.faults[0]!, { kind: "none", recovered: false, recovery: "p90 may be up to 30 % above" });
  expect(judgeGameDay(judged, {})).toEqual({ verdict: "passed", reasons: [] });
});

describe("the sentence in a failure", () => {
  test("is the message, in a rehearsal as it is, on AWS inside of JSON", () => {
    expect(messageOf({ Error: "NotReady", Cause: "Expected a; found b." })).toBe("NotReady: Expected a; found b.");
    const Cause = JSON.stringify({ errorType: "NotReady", errorMessage: "Expected a; found b.", trace: [] });
    expect(messageOf({ Error: "NotReady", Cause })).toBe("NotReady: Expected a; found b.");
  });

  test("is the name alone where there is no more", () => {
    expect(messageOf({ Error: "States.Timeout" })).toBe("States.Timeout");
    expect(messageOf({ Error: "States.Timeout", Cause: "" })).toBe("States.Timeout");
  });

  test.each(['{"message":"else"}', "null", "12", '"text"'])("JSON of another kind is shown as it is: %s", (Cause) => {
    expect(messageOf({ Error: "Odd", Cause })).toBe(`Odd: ${Cause}`);
  });
});
