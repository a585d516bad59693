import type { Plan } from "./state.ts";

/** The AWS DevOps Guru API reference and user guide open with it. */
const DEVOPS_GURU_ENDS = "2027-09-30";

export const DEVOPS_GURU_NOTICE = `AWS ends the support of DevOps Guru on ${DEVOPS_GURU_ENDS}: expect nothing of it after that day.`;

const STACK_NOTICE = "The estimate leaves out what the game day's own stack is billed by the hour while it stands.";

/** What people should know of a plan beside what it does: said in `gameday plan` and in the report. */
export function noticesOf({ faults, deploy, profile }: Pick<Plan, "faults" | "deploy" | "profile">): string[] {
  const asked = faults.some(({ expect }) => expect.some(({ detector }) => detector === "devops-guru"));
  const billed = deploy.kind === "stack" && profile === "full";
  return [...(asked ? [DEVOPS_GURU_NOTICE] : []), ...(billed ? [STACK_NOTICE] : [])];
}
