import * as z from "zod";
import { comparisonBlocks, missingBlocks } from "../../analysis/series.ts";
import { judgeSteadiness } from "../../analysis/steadiness.ts";
import { type BaselineSection, Plan } from "../../workflows/state.ts";
import { type Baseline, baselineKey } from "../load/baseline.ts";
import { baselineWindow, startOfLoad } from "../load/watch.ts";
import { NotSteady } from "../runtime/errors.ts";
import { step } from "../runtime/step.ts";

/** Freezes the baseline if it is steady; without that nothing can be compared with it. */
export const judgeBaseline = step(
  "JudgeBaseline",
  z.object({ plan: Plan }),
  async ({ plan }, runtime): Promise<BaselineSection> => {
    const { results } = runtime;
    const { from, to } = baselineWindow(plan, await startOfLoad(plan, runtime));
    const blocks = await results.blocks(plan.id, from, to);
    const { shards, rate } = plan.load;
    const pieces = comparisonBlocks(blocks, { from, to, shards, seconds: plan.comparisonBlockSeconds });
    const { steady, reasons, warnings } = judgeSteadiness(pieces, {
      rate,
      missing: missingBlocks(blocks, { from, to, shards }),
    });
    if (!steady) {
      throw new NotSteady(
        "a steady baseline",
        reasons.join("; "),
        "Look whether the target is healthy and whether anything else uses it, then start again.",
      );
    }
    const baseline: Baseline = { from, to, warnings: [...warnings], blocks: pieces };
    await results.putJson(baselineKey(plan), baseline);
    return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), key: baselineKey(plan) };
  },
);
