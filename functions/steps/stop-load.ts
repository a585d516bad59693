import * as z from "zod";
import { type Look, Plan } from "../../workflows/state.ts";
import { isOpen } from "../journal/entry.ts";
import { isRunning, loadTasks, startedByOf, stopTasks } from "../load/tasks.ts";
import { NotRestored } from "../runtime/errors.ts";
import { Patient, patience } from "../runtime/patience.ts";
import { step } from "../runtime/step.ts";

/** One look: asks the load's tasks to stop, and is done when none runs and every last block is in. */
export const stopLoad = step(
  "StopLoad",
  z.object({ plan: Plan, loadStopped: Patient.optional() }),
  async ({ plan, loadStopped }, runtime): Promise<Look & { since: string }> => {
    const { journal, clock } = runtime;
    const { since, exhausted } = patience(loadStopped, plan, clock.now());
    const done = (saw: string) => ({ done: true, waitSeconds: 1, saw, since });
    const change = { kind: "load", startedBy: startedByOf(plan.id), shards: plan.load.shards } as const;
    const entry = await journal.find(plan.id, change);
    if (!entry) return done("no load was started");
    const running = (await loadTasks(plan.id, runtime)).filter(isRunning);
    if (running.length > 0) {
      if (exhausted) {
        throw new NotRestored(
          "the load to stop when it is told to",
          `${running.length} tasks that still run: ${running.map((task) => task.taskArn).join(", ")}`,
          "The report says how to stop them by hand.",
        );
      }
      await stopTasks(running, `game day ${plan.id} is over`, runtime);
      const saw = `${running.length} load tasks are stopping`;
      return { done: false, waitSeconds: Math.min(plan.watchSeconds, 5), saw, since };
    }
    if (isOpen(entry)) await journal.undone(entry, []);
    await journal.restored(entry, clock.now());
    return done("no load task runs");
  },
);
