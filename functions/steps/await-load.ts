import * as z from "zod";
import { Plan, type StartedLoad } from "../../workflows/state.ts";
import { loadChange } from "../journal/entry.ts";
import { checkGuard } from "../load/guard.ts";
import { LoadRun } from "../load/load-run.ts";
import { isRunning } from "../load/tasks.ts";
import { loadStillRuns } from "../load/watch.ts";
import { LoadLost } from "../runtime/errors.ts";
import { type Runtime, step } from "../runtime/step.ts";

/** Fargate needs 20-60 s from RunTask to a running container; an image is pulled in that time too. */
const LONGEST_START_MS = 10 * 60_000;

/** One look: are all shards up and paused? If so, the moment at which all of them begin is agreed. */
export const awaitLoad = step(
  "AwaitLoad",
  z.object({ plan: Plan }),
  async ({ plan }, runtime): Promise<z.infer<typeof StartedLoad>> => {
    await checkGuard(plan, runtime);
    const run = LoadRun.ofGameDay(plan, runtime);
    const done = (saw: string, startAt: Date) => ({ done: true, waitSeconds: 1, saw, startAt: startAt.toISOString() });
    const agreed = await run.startAt();
    if (agreed) return done("load is running", agreed);

    await loadStillRuns(plan, runtime);
    const ready = await run.ready();
    if (ready === run.shards) return done("load is released", await run.begin(runtime.clock.now()));
    await tasksStillStart(run, plan, runtime);
    return {
      done: false,
      waitSeconds: Math.min(plan.watchSeconds, 5),
      saw: `${ready} of ${run.shards} load shards ready`,
    };
  },
);

async function tasksStillStart(run: LoadRun, plan: Plan, { journal, clock }: Runtime): Promise<void> {
  const entry = await journal.find(plan.id, loadChange(plan));
  if (!entry) throw new LoadLost("the load in the journal", "no entry", "StartLoad must run first.");
  const stopped = (await run.tasks(entry)).filter((task) => !isRunning(task));
  const waitedMs = clock.now().getTime() - Date.parse(entry.intendedAt);
  if (stopped.length === 0 && waitedMs < LONGEST_START_MS) return;
  throw new LoadLost(
    `${run.shards} load shards to be ready`,
    stopped.length > 0
      ? stopped.map((task) => `${task.taskArn} stopped: ${task.stoppedReason ?? "no reason given"}`).join("; ")
      : `not all after ${Math.round(waitedMs / 1000)} s`,
    "Look at the load task's log.",
  );
}
