import { describe, expect, test } from "vitest";
import { readRetryPolicy, withRetries } from "../../../examples/notifications/handlers/deliver/retry.ts";

describe("the retry policy", () => {
  test("is five attempts with 3 to 8 seconds between, when the environment says nothing", () => {
    expect(readRetryPolicy({})).toEqual({ attempts: 5, waitSeconds: { least: 3, most: 8 } });
  });

  test("is what the environment says", () => {
    const policy = readRetryPolicy({ MAX_ATTEMPTS: "2", RETRY_WAIT_SECONDS: "0.1-0.5" });
    expect(policy).toEqual({ attempts: 2, waitSeconds: { least: 0.1, most: 0.5 } });
  });

  test.each([
    { RETRY_WAIT_SECONDS: "8-3" },
    { RETRY_WAIT_SECONDS: "soon" },
    { RETRY_WAIT_SECONDS: "3" },
    { MAX_ATTEMPTS: "0" },
    { MAX_ATTEMPTS: "many" },
  ])("%o is a typo, and no default hides it", (variables) => {
    expect(() => readRetryPolicy(variables)).toThrow(RangeError);
  });

  test("waits between its ends, whatever is drawn", async () => {
    const slept: number[] = [];
    const draws = [0, 0.25, 0.999];
    const waiting = { random: () => draws[slept.length]!, sleep: async (ms: number) => void slept.push(ms) };
    const policy = { attempts: 4, waitSeconds: { least: 3, most: 8 } };
    await expect(withRetries(policy, waiting, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(slept).toEqual([3000, 4250, 7995]);
  });
});
