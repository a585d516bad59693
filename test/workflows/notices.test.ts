import { expect, test } from "vitest";
import { noticesOf } from "../../workflows/notices.ts";
import { samplePlan } from "./sample.ts";

test("a plan that asks DevOps Guru says until when there is one; others say nothing", () => {
  const plan = samplePlan();
  expect(noticesOf(plan)).toEqual([]);
  const [fault] = plan.faults;
  const expectation = { detector: "devops-guru", outcome: "any" } as const;
  expect(noticesOf({ faults: [{ ...fault!, expect: [...fault!.expect, expectation] }] })).toEqual([
    expect.stringContaining("2027-09-30"),
  ]);
});
