import type { PlannedLoad } from "../workflows/load.ts";

/** Environment variable through which the worker tells a k6 script what to do, as JSON of a {@link ScriptLoad}. */
export const SCRIPT_LOAD_VARIABLE = "GAME_DAY_LOAD";

/** A limit to memory: k6 2.2.0 took 0.5 GB for 2,250 busy ones. What k6 drops beyond it is counted and reported. */
const MOST_VUS_A_SHARD = 5_000;
/** What an iteration takes beside its request. */
const OVERHEAD_SECONDS = 0.5;

/** What a k6 script is told: the planned load, and how many virtual users it needs. */
export interface ScriptLoad extends PlannedLoad {
  /** Over all shards, and a multiple of their number: k6 shares arrivals as it shares virtual users. */
  readonly maxVUs: number;
}

/**
 * Sizes the load so that k6 keeps the arrival rate even when every request takes as long as it may. All virtual users
 * are allocated before the start: k6 drops an iteration for each one that it has to add later, and a game day with
 * dropped iterations says nothing.
 */
export function scriptLoad(load: PlannedLoad): ScriptLoad {
  const needed = Math.ceil((load.rate / load.shards) * (load.timeoutSeconds + OVERHEAD_SECONDS)) + 1;
  return { ...load, maxVUs: Math.min(needed, MOST_VUS_A_SHARD) * load.shards };
}
