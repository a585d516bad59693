import { describe, expect, test } from "vitest";
import { type AlarmRecord, judgeAlarms } from "../../analysis/alarms.ts";

const FAULT = { from: 1000, to: 2000 };
const alarm = (name: string, changes: [at: number, to: string][], points = 12): AlarmRecord => ({
  name,
  changes: changes.map(([at, to]) => ({ at, to })),
  points,
  watches: `AWS/ApiGateway 5xx {ApiId=${name}}`,
});

describe("alarms that went off", () => {
  test("during the fault have noticed it, at the first one's change", () => {
    const late = alarm("late", [[1700, "ALARM"]]);
    const early = alarm("early", [
      [500, "OK"],
      [1300, "ALARM"],
      [1600, "OK"],
    ]);
    expect(judgeAlarms([late, early], FAULT)).toEqual({
      outcome: "detected",
      detectedAt: 1300,
      detail: "in ALARM: early, then late",
    });
  });

  test.each([1000, 2000])("at the interval's edge (%d) belong to it", (at) => {
    expect(judgeAlarms([alarm("a", [[at, "ALARM"]])], FAULT)).toMatchObject({ outcome: "detected", detectedAt: at });
  });

  test("before or after it have not noticed it", () => {
    const off = alarm("a", [
      [800, "ALARM"],
      [900, "OK"],
      [2001, "ALARM"],
    ]);
    expect(judgeAlarms([off], FAULT).outcome).toBe("not-detected");
  });

  test("one that speaks is enough, whatever is wrong with the others", () => {
    const others = [alarm("blind", [], 0), alarm("already", [[500, "ALARM"]])];
    expect(judgeAlarms([...others, alarm("speaks", [[1500, "ALARM"]])], FAULT)).toMatchObject({
      outcome: "detected",
      detail: "in ALARM: speaks; silent: blind (no data), already (in ALARM before)",
    });
  });

  test("do not hide those that stayed silent", () => {
    const apiFails = alarm("api-fails", [[1500, "ALARM"]]);
    const before = alarm("function-errors", [
      [500, "ALARM"],
      [700, "OK"],
    ]);
    expect(judgeAlarms([alarm("latency", []), apiFails, before], FAULT)).toMatchObject({
      detail: "in ALARM: api-fails; silent: latency, function-errors",
    });
  });
});

describe("alarms that stayed silent", () => {
  test("have not noticed, if they had data", () => {
    expect(judgeAlarms([alarm("a", []), alarm("b", [[500, "OK"]])], FAULT)).toEqual({
      outcome: "not-detected",
      detail: "2 alarms with data, none of them went to ALARM",
    });
  });

  test("because they never had data say nothing, and what they watch is named", () => {
    expect(judgeAlarms([alarm("fine", []), alarm("blind", [], 0)], FAULT)).toEqual({
      outcome: "could-not-tell",
      detail: "blind has no data: does AWS/ApiGateway 5xx {ApiId=blind} exist?",
    });
  });

  test("because they were in ALARM all the time say nothing", () => {
    const stuck = alarm("stuck", [
      [100, "OK"],
      [900, "ALARM"],
    ]);
    expect(judgeAlarms([stuck], FAULT)).toEqual({
      outcome: "could-not-tell",
      detail: "stuck was in ALARM before the fault",
    });
  });

  test("that came back to OK before the fault could have spoken", () => {
    const calm = alarm("calm", [
      [800, "ALARM"],
      [950, "OK"],
    ]);
    expect(judgeAlarms([calm], FAULT).outcome).toBe("not-detected");
  });

  test("because there are none say nothing", () => {
    expect(judgeAlarms([], FAULT)).toEqual({ outcome: "could-not-tell", detail: "the target names no alarms" });
  });
});
