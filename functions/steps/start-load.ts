import * as z from "zod";
import { type LoadSection, Plan } from "../../workflows/state.ts";
import { makeChange } from "../changes/verbs.ts";
import { loadChange } from "../journal/entry.ts";
import { step } from "../runtime/step.ts";

/** Starts one Fargate task a shard. Each brings k6 up paused and says that it is ready. */
export const startLoad = step(
  "StartLoad",
  z.object({ plan: Plan }),
  async ({ plan }, runtime): Promise<LoadSection> => {
    const entry = await makeChange(loadChange(plan), plan, runtime);
    return { entry: entry.id };
  },
);
