import { expect, test } from "vitest";
import { noticesOf } from "../../workflows/notices.ts";
import { samplePlan } from "./sample.ts";

test("a plan that asks DevOps Guru says until when there is one; others say nothing", () => {
  const plan = samplePlan();
  expect(noticesOf(plan)).toEqual([]);
  const [fault] = plan.faults;
  const expectation = { detector: "devops-guru", outcome: "any" } as const;
  expect(noticesOf({ ...plan, faults: [{ ...fault!, expect: [...fault!.expect, expectation] }] })).toEqual([
    expect.stringContaining("2027-09-30"),
  ]);
});

test("a stack of the game day's own is billed beside the estimate, where anything is billed", () => {
  const plan = { ...samplePlan(), deploy: { kind: "stack" } as const };
  expect(noticesOf(plan)).toEqual([expect.stringContaining("leaves out what the game day's own stack is billed")]);
  expect(noticesOf({ ...plan, profile: "rehearsal" })).toEqual([]);
});
