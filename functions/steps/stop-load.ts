import * as z from "zod";
import { type Look, Plan } from "../../workflows/state.ts";
import { isOpen, loadChange } from "../journal/entry.ts";
import { LoadRun } from "../load/load-run.ts";
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
    const entry = await journal.find(plan.id, loadChange(plan));
    if (!entry) return done("no load was started");
    const run = LoadRun.ofGameDay(plan, runtime);
    const writeDown = (made: readonly string[]) => journal.made(entry, made);
    const running = exhausted
      ? await run.running(entry)
      : await run.stop({ entry, writeDown }, `game day ${plan.id} is over`);
    if (running.length === 0) {
      if (isOpen(entry)) await journal.undone(entry, []);
      await journal.restored(entry, clock.now());
      return done("no load task runs");
    }
    if (exhausted) {
      throw new NotRestored(
        "the load to stop when it is told to",
        `${running.length} tasks that still run: ${running.map((task) => task.taskArn).join(", ")}`,
        "The report says how to stop them by hand.",
      );
    }
    const saw = `${running.length} load tasks are stopping`;
    return { done: false, waitSeconds: Math.min(plan.watchSeconds, 5), saw, since };
  },
);
