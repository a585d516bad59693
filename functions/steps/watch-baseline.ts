import * as z from "zod";
import { type Look, Plan } from "../../workflows/state.ts";
import { checkGuard } from "../load/guard.ts";
import { baselineWindow, describeLoad, loadStillRuns, newestBlocks, sealSeconds, startOfLoad } from "../load/watch.ts";
import { step } from "../runtime/step.ts";

/** One look at the warm-up and the baseline, until the baseline's last block is in. */
export const watchBaseline = step(
  "WatchBaseline",
  z.object({ plan: Plan }),
  async ({ plan }, runtime): Promise<Look> => {
    await checkGuard(plan, runtime);
    await loadStillRuns(plan, runtime);
    const { from, to } = baselineWindow(plan, await startOfLoad(plan, runtime));
    const now = runtime.clock.now().getTime();
    const remaining = Math.ceil((to - now) / 1000 + sealSeconds(plan));
    const phase = now < from ? "warm-up" : "baseline";
    return {
      done: remaining <= 0,
      waitSeconds: Math.max(1, Math.min(plan.watchSeconds, remaining)),
      saw: `${phase}: ${describeLoad(await newestBlocks(plan, runtime))}`,
    };
  },
);
