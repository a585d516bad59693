import * as z from "zod";
import type { ComparisonBlock } from "../../analysis/series.ts";
import { analysisKey } from "../../workflows/names.ts";
import type { Plan } from "../../workflows/state.ts";
import { NotSteady } from "../runtime/errors.ts";
import type { Results } from "../runtime/results.ts";

const latency = z.number().optional();

/** The frozen baseline in `analysis/baseline.json`: what every later comparison is made with. */
export const Baseline = z.object({
  from: z.number(),
  to: z.number(),
  warnings: z.array(z.string()),
  blocks: z.array(
    z
      .object({
        start: z.number(),
        end: z.number(),
        count: z.int(),
        failed: z.int(),
        dropped: z.int(),
        p50: latency,
        p90: latency,
        p99: latency,
        sealedAt: z.number(),
      })
      .transform((block): ComparisonBlock => ({ ...block, p50: block.p50, p90: block.p90, p99: block.p99 })),
  ),
});
export type Baseline = z.infer<typeof Baseline>;

export const baselineKey = (plan: Plan): string => analysisKey(plan.id, "baseline");

/** The frozen baseline. Throws when there is none: without it nothing can be compared. */
export async function readBaseline(plan: Plan, results: Results): Promise<Baseline> {
  const baseline = await results.getJson(baselineKey(plan), Baseline);
  if (!baseline) throw new NotSteady("a baseline that was judged", "none", "JudgeBaseline must run first.");
  return baseline;
}
