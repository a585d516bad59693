import { everyCrashPoint } from "./crash-points.ts";
import { play } from "./history.ts";
import type { Outcome } from "./outcome.ts";
import { drawScenario } from "./scenario.ts";
import { readWorld } from "./world.ts";

/** What a worker process is asked for, one message at a time. */
export interface Order {
  readonly seeds: readonly number[];
}
/** What it says once it is ready, naming what can happen; then what came of each order. */
export type Answer = { readonly ready: readonly string[] } | { readonly outcomes: readonly Outcome[] };
const answer = (said: Answer) => process.send?.(said);

// What a history throws is an answer of AWS: nobody reads where it came from, and finding out takes longer than the call.
Error.stackTraceLimit = 0;
const world = await readWorld();

process.on("message", async ({ seeds }: Order) => {
  const outcomes: Outcome[] = [];
  for (const seed of seeds) outcomes.push(await play(world, drawScenario(seed, world)));
  answer({ outcomes });
});
// Whoever started it is gone.
process.on("disconnect", () => process.exit(0));
answer({ ready: everyCrashPoint(world) });
