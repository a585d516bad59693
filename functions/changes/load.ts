import * as z from "zod";
import { LoadRun } from "../load/load-run.ts";
import type { ChangeKind, Scene } from "./kind.ts";
import { placeOf } from "./place.ts";

/** The load of a game day. That its shards are ready is for AwaitLoad to see. */
export const load = ofLoad(
  (scene) => {
    const place = placeOf(scene);
    return LoadRun.ofGameDay(place.plan, { ...place, ...scene });
  },
  { of: () => "this game day", over: (id) => `game day ${id} is over` },
);

interface Words {
  of(id: string): string;
  /** What the tasks are told when they are to stop. */
  over(id: string): string;
}

/** Nothing of the target stands before a load, and what it makes is its tasks. */
export function ofLoad(runIn: (scene: Scene) => LoadRun, { of, over }: Words): ChangeKind<unknown, null> {
  return {
    before: z.null(),
    snapshot: async () => null,
    apply: async (_spec, _before, scene) => runIn(scene).start(placeOf(scene), scene.fence),
    async undo(_spec, _before, scene) {
      const run = runIn(scene);
      await run.stop(placeOf(scene), over(run.id));
      return [];
    },
    async check(_spec, _before, scene) {
      const run = runIn(scene);
      const running = await run.running(placeOf(scene).entry);
      return {
        settled: running.length === 0,
        checks: [
          {
            what: `no load task of ${of(run.id)} runs`,
            ok: running.length === 0,
            detail: running.length === 0 ? "none found by its mark" : running.map(({ taskArn }) => taskArn).join(", "),
          },
        ],
      };
    },
    byHand: (_spec, _before, scene) => runIn(scene).byHand(),
  };
}
