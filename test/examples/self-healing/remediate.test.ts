import { describe, expect, test } from "vitest";
import {
  type AlarmChange,
  type Configured,
  remediate,
} from "../../../examples/self-healing/handlers/remediate/remediate.ts";

const NINE = new Date("2026-11-21T09:00:00Z");
const change = (value: string, time = NINE): AlarmChange => ({
  "detail-type": "CloudWatch Alarm State Change",
  time: time.toISOString(),
  detail: { alarmName: "Orders-Errors", state: { value } },
});
const good = { FAILURE_RATE: "0", INJECT_LATENCY: null };
const sick = { TABLE_NAME: "orders", FAILURE_RATE: "0.5", INJECT_LATENCY: "250" };

async function heal(alarm: AlarmChange, configured: Partial<Configured> = {}) {
  const written: unknown[] = [];
  const notes: string[] = [];
  const outcome = remediate(alarm, good, {
    read: async () => ({ variables: sick, revision: "r1", settled: true, ...configured }),
    write: async (variables, revision) => void written.push({ variables, revision }),
    now: () => NINE,
    note: (sentence) => notes.push(sentence),
  });
  return { outcome: await outcome, written, notes };
}

describe("a remediation", () => {
  test("puts back what is known to be good, to the revision that was read, and nothing else", async () => {
    const { outcome, written, notes } = await heal(change("ALARM"));
    expect(outcome).toBe("healed");
    expect(written).toEqual([{ variables: { TABLE_NAME: "orders", FAILURE_RATE: "0" }, revision: "r1" }]);
    expect(notes.join()).toBe(
      "Orders-Errors went off: put FAILURE_RATE, INJECT_LATENCY back to what is known to be good",
    );
  });

  test("does nothing where the configuration is not what is wrong", async () => {
    const { outcome, written } = await heal(change("ALARM"), { variables: { FAILURE_RATE: "0", MODE: "x" } });
    expect(outcome).toBe("nothing to do");
    expect(written).toEqual([]);
  });

  test("does nothing when the alarm is over, or long past", async () => {
    expect((await heal(change("OK"))).written).toEqual([]);
    expect((await heal(change("ALARM", new Date(NINE.getTime() - 301_000)))).written).toEqual([]);
  });

  test("leaves a function alone that somebody is changing, to be told of it again", async () => {
    await expect(heal(change("ALARM"), { settled: false })).rejects.toThrow("one is under way");
  });
});
