import { describe, expect, test } from "vitest";
import { answer, readTemper } from "../../../examples/notifications/handlers/slow-api/answer.ts";

describe("the slow API", () => {
  const asked = async (...draws: number[]) => {
    const slept: number[] = [];
    const { statusCode } = await answer({
      random: () => draws.shift()!,
      sleep: async (ms) => void slept.push(ms),
      temper: { failureRate: 0.2, slowestMs: 2000 },
    });
    return { statusCode, slept };
  };

  test("fails at once one time in five", async () => {
    expect(await asked(0.19)).toEqual({ statusCode: 500, slept: [] });
    expect(await asked(0.2, 0.5)).toEqual({ statusCode: 200, slept: [1000] });
  });

  test("is as bad as the environment says", () => {
    expect(readTemper({})).toEqual({ failureRate: 0.2, slowestMs: 2000 });
    expect(readTemper({ FAILURE_RATE: "1", SLOWEST_MS: "0" })).toEqual({ failureRate: 1, slowestMs: 0 });
  });

  test.each([{ FAILURE_RATE: "20" }, { SLOWEST_MS: "slow" }, { SLOWEST_MS: "30000" }])("refuses %o", (variables) => {
    expect(() => readTemper(variables)).toThrow(RangeError);
  });
});
