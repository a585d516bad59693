import { play } from "./history.ts";
import { drawScenario } from "./scenario.ts";
import { readWorld } from "./world.ts";

/** What a worker process is asked for, and what it answers with: one message each. */
export interface Order {
  readonly seeds: readonly number[];
}

// What a history throws is an answer of AWS: nobody reads where it came from, and finding out takes longer than the call.
Error.stackTraceLimit = 0;
const world = await readWorld();

process.on("message", async ({ seeds }: Order) => {
  const outcomes = [];
  for (const seed of seeds) outcomes.push(await play(world, drawScenario(seed, world.states)));
  process.send?.(outcomes);
});
// Whoever started it is gone.
process.on("disconnect", () => process.exit(0));
process.send?.("ready");
