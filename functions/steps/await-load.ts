import * as z from "zod";
import { loadStartKey, readyKey } from "../../loadgen/keys.ts";
import { LoadStart, Ready } from "../../loadgen/order.ts";
import { Plan, type StartedLoad } from "../../workflows/state.ts";
import { checkGuard } from "../load/guard.ts";
import { isRunning, loadTasks } from "../load/tasks.ts";
import { loadStillRuns } from "../load/watch.ts";
import { LoadLost } from "../runtime/errors.ts";
import { type Runtime, step } from "../runtime/step.ts";

/** Every shard looks for the release four times a second, so this is enough for all to see it before the moment. */
const RELEASE_AHEAD_MS = 1500;
/** Fargate needs 20-60 s from RunTask to a running container; an image is pulled in that time too. */
const LONGEST_START_MS = 10 * 60_000;

/** One look: are all shards up and paused? If so, the moment at which all of them begin is agreed. */
export const awaitLoad = step(
  "AwaitLoad",
  z.object({ plan: Plan }),
  async ({ plan }, runtime): Promise<z.infer<typeof StartedLoad>> => {
    const { results, clock } = runtime;
    await checkGuard(plan, runtime);
    const released = await results.getJson(loadStartKey(plan.id), LoadStart);
    if (released) return { done: true, waitSeconds: 1, saw: "load is running", startAt: released.startAt };

    await loadStillRuns(plan, runtime);
    const ready = await readyShards(plan, runtime);
    if (ready === plan.load.shards) {
      const startAt = new Date(clock.now().getTime() + RELEASE_AHEAD_MS).toISOString();
      await results.putJson(loadStartKey(plan.id), { startAt } satisfies LoadStart);
      return { done: true, waitSeconds: 1, saw: "load is released", startAt };
    }
    await tasksStillStart(plan, runtime);
    return {
      done: false,
      waitSeconds: Math.min(plan.watchSeconds, 5),
      saw: `${ready} of ${plan.load.shards} load shards ready`,
    };
  },
);

async function readyShards(plan: Plan, { results }: Runtime): Promise<number> {
  let ready = 0;
  for (let shard = 0; shard < plan.load.shards; shard++) {
    if (await results.getJson(readyKey(plan.id, shard), Ready)) ready++;
  }
  return ready;
}

async function tasksStillStart(plan: Plan, runtime: Runtime): Promise<void> {
  const tasks = await loadTasks(plan.id, runtime);
  const stopped = tasks.filter((task) => !isRunning(task));
  const waitedMs = runtime.clock.now().getTime() - Date.parse(plan.startedAt);
  const deployingMs = (plan.stack?.allowanceSeconds ?? 0) * 1000;
  if (stopped.length === 0 && waitedMs < LONGEST_START_MS + deployingMs) return;
  throw new LoadLost(
    `${plan.load.shards} load shards to be ready`,
    stopped.length > 0
      ? stopped.map((task) => `${task.taskArn} stopped: ${task.stoppedReason ?? "no reason given"}`).join("; ")
      : `not all after ${Math.round(waitedMs / 1000)} s`,
    "Look at the load task's log.",
  );
}
