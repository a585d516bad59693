import type { SurgeFault } from "../../workflows/surge.ts";
import { LoadRun } from "../load/load-run.ts";
import { NotProven, NotReady } from "../runtime/errors.ts";
import type { FaultKind, Scene } from "./kind.ts";
import { ofLoad } from "./load.ts";
import { faultPlaceOf, placeOf } from "./place.ts";

/** Many more requests at once, from load tasks of its own that are started and stopped beside the load's. */
export const surge: FaultKind<SurgeFault, null> = {
  ...ofLoad(runIn, { of: (id) => `the surge ${id}`, over: (id) => `the surge ${id} is over` }),

  // It acts from its first requests on that have been measured.
  async prove(_spec, _before, scene) {
    const run = runIn(scene);
    const { clock, results } = placeOf(scene);
    await refuseOver(run);
    const startAt = await run.startAt();
    if (startAt) {
      const blocks = await results.blocks(run.id, startAt.getTime() - 5000, clock.now().getTime());
      const requests = blocks.reduce((sum, { count }) => sum + count, 0);
      return requests > 0
        ? { acting: true, evidence: [`${requests} requests of the surge measured in its first seconds`] }
        : { acting: false, evidence: ["the surge is released, none of its requests is measured yet"] };
    }
    if ((await run.ready()) < run.shards) {
      return { acting: false, evidence: ["the surge's load task is not ready yet"] };
    }
    await scene.fence();
    await run.begin(clock.now());
    return { acting: false, evidence: ["the surge is released"] };
  },

  lasts: async (_spec, _before, scene) => refuseOver(runIn(scene)),
};

function runIn(scene: Scene): LoadRun {
  const { plan, fault, configuration, results } = faultPlaceOf(scene);
  if (!fault.surge) throw new NotReady("a surge that was planned", "none", "Only a fault of a game day is one.");
  return LoadRun.ofSurge(plan, fault, fault.surge, { clients: scene.clients, configuration, results });
}

async function refuseOver(run: LoadRun): Promise<void> {
  const [ended] = await run.ended();
  if (!ended) return;
  throw new NotProven(
    "the surge to last as long as its fault",
    `its k6 ended at ${ended.endedAt} with exit code ${ended.exitCode}${ended.log.length > 0 ? `: ${ended.log.join(" | ")}` : ""}`,
    "Look at the load task's log.",
  );
}
