import * as z from "zod";
import { endedKey, loadOrderKey, loadStartKey, readyKey, surgeLoad } from "../../loadgen/keys.ts";
import { Ended, type LoadOrder, LoadStart, Ready } from "../../loadgen/order.ts";
import { segmentsOf } from "../../loadgen/segments.ts";
import type { SurgeFault } from "../../workflows/surge.ts";
import { isRunning, loadTasks, startShard, stopByHand, stopTasks } from "../load/tasks.ts";
import { NotProven, NotReady } from "../runtime/errors.ts";
import type { FaultKind, Scene } from "./kind.ts";

/** Nothing of the target stands before: the surge is found by the mark of its tasks. */
const Before = z.null();

const SHARD = 0;
/** The worker looks for the release four times a second. */
const RELEASE_AHEAD_MS = 1500;

/** Many more requests at once, from a load task of its own that is started and stopped beside the load's. */
export const surge: FaultKind<SurgeFault, null> = {
  before: Before,

  snapshot: async () => null,

  async apply(_spec, _before, scene) {
    const { load, planned, configuration, results } = surgeOf(scene);
    const order: LoadOrder = { gameDay: load, load: planned, ...segmentsOf(1) };
    await results.putJson(loadOrderKey(load), order);
    await scene.fence();
    await startShard(load, SHARD, { clients: scene.clients, configuration });
  },

  // It acts from its first requests on that have been measured.
  async prove(_spec, _before, scene) {
    const { load, results, now } = surgeOf(scene);
    await refuseOver(load, scene);
    const release = await results.getJson(loadStartKey(load), LoadStart);
    if (release) {
      const startAt = Date.parse(release.startAt);
      const blocks = await results.blocks(load, startAt - 5000, now().getTime());
      const requests = blocks.reduce((sum, { count }) => sum + count, 0);
      return requests > 0
        ? { acting: true, evidence: [`${requests} requests of the surge measured in its first seconds`] }
        : { acting: false, evidence: ["the surge is released, none of its requests is measured yet"] };
    }
    if (!(await results.getJson(readyKey(load, SHARD), Ready))) {
      return { acting: false, evidence: ["the surge's load task is not ready yet"] };
    }
    await scene.fence();
    const startAt = new Date(now().getTime() + RELEASE_AHEAD_MS).toISOString();
    await results.putJson(loadStartKey(load), { startAt } satisfies LoadStart);
    return { acting: false, evidence: ["the surge is released"] };
  },

  lasts: (_spec, _before, scene) => refuseOver(surgeOf(scene).load, scene),

  async undo(_spec, _before, scene) {
    const { load, configuration } = surgeOf(scene);
    const outside = { clients: scene.clients, configuration };
    await stopTasks(await loadTasks(load, outside), `the surge ${load} is over`, outside);
    return [];
  },

  async check(_spec, _before, scene) {
    const { load, configuration } = surgeOf(scene);
    const running = (await loadTasks(load, { clients: scene.clients, configuration })).filter(isRunning);
    return {
      settled: running.length === 0,
      checks: [
        {
          what: `no load task of the surge ${load} runs`,
          ok: running.length === 0,
          detail: running.length === 0 ? "none found by its mark" : running.map(({ taskArn }) => taskArn).join(", "),
        },
      ],
    };
  },

  byHand(_spec, _before, scene) {
    const { load, configuration } = surgeOf(scene);
    return stopByHand(load, { configuration });
  },
};

function surgeOf({ occasion }: Scene) {
  if (!occasion?.surge) throw new NotReady("a surge that was planned", "none", "Only a fault of a game day is one.");
  const { surge, now, gameDay, index } = occasion;
  const { load, configuration, results } = surge;
  return { load: surgeLoad(gameDay, index), planned: load, configuration, results, now };
}

async function refuseOver(load: string, scene: Scene): Promise<void> {
  const ended = await surgeOf(scene).results.getJson(endedKey(load, SHARD), Ended);
  if (!ended) return;
  throw new NotProven(
    "the surge to last as long as its fault",
    `its k6 ended at ${ended.endedAt} with exit code ${ended.exitCode}${ended.log.length > 0 ? `: ${ended.log.join(" | ")}` : ""}`,
    "Look at the load task's log.",
  );
}
