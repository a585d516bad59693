import * as z from "zod";
import { type Look, Plan } from "../../workflows/state.ts";
import { isRunning, loadTasks, startedByOf, stopTasks } from "../load/tasks.ts";
import { step } from "../runtime/step.ts";

/** One look: asks the load's tasks to stop, and is done when none runs and every last block is in. */
export const stopLoad = step("StopLoad", z.object({ plan: Plan }), async ({ plan }, runtime): Promise<Look> => {
  const { journal } = runtime;
  const change = { kind: "load", startedBy: startedByOf(plan.id), shards: plan.load.shards } as const;
  const entry = await journal.find(plan.id, change);
  if (!entry) return { done: true, waitSeconds: 1, saw: "no load was started" };
  const running = (await loadTasks(plan.id, runtime)).filter(isRunning);
  if (running.length > 0) {
    await stopTasks(running, `game day ${plan.id} is over`, runtime);
    return {
      done: false,
      waitSeconds: Math.min(plan.watchSeconds, 5),
      saw: `${running.length} load tasks are stopping`,
    };
  }
  await journal.undone(entry, []);
  await journal.restored(entry, runtime.clock.now());
  return { done: true, waitSeconds: 1, saw: "no load task runs" };
});
