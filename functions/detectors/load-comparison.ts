import { compareLoad } from "../../analysis/load-comparison.ts";
import { comparisonBlocks } from "../../analysis/series.ts";
import type { Detector } from "./detector.ts";

/** Compares the load's own blocks with those of the baseline. */
export const loadComparison: Detector = async (window, { results }) => {
  const { plan, baseline, inEffectAt, faultUntil, over } = window;
  const blocks = await results.blocks(plan.id, inEffectAt, faultUntil);
  const compared = compareLoad({
    baseline,
    window: comparisonBlocks(blocks, {
      from: inEffectAt,
      to: faultUntil,
      seconds: plan.comparisonBlockSeconds,
      shards: plan.load.shards,
    }),
    inEffectAt,
    ...(over ? { until: faultUntil } : {}),
  });
  const { outcome, detail } = compared;
  return compared.outcome === "detected" ? { outcome, detail, detectedAt: compared.detectedAt } : { outcome, detail };
};
