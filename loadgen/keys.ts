/**
 * Names of one game day's objects in the results bucket. Names that are built and parsed live together, so that the
 * worker, the steps and the command line agree.
 */
export const gameDayPrefix = (id: string) => `game-days/${id}/`;
export const planKey = (id: string) => `${gameDayPrefix(id)}plan.json`;
export const resultKey = (id: string, file: string) => `${gameDayPrefix(id)}${file}`;
export const analysisKey = (id: string, name: string) => `${gameDayPrefix(id)}analysis/${name}.json`;

/** What arrived in the target's inbox during the game day, an object for each message. */
export const inboxPrefix = (id: string) => `${gameDayPrefix(id)}inbox/`;
export const inboxKey = (id: string, message: string) => `${inboxPrefix(id)}${message}.json`;

/** A surge is a load of its own, filed below its game day: what its worker takes for the game day's id. */
export const surgeLoad = (id: string, faultIndex: number) => `${id}/load/surge-${pad(faultIndex, 2)}`;

/** What the load workers of a game day read and write. */
export const loadPrefix = (id: string) => `${gameDayPrefix(id)}load/`;
/** The load's description (`PlannedLoad` and the segments), written before the tasks start. */
export const loadOrderKey = (id: string) => `${loadPrefix(id)}order.json`;
/** A shard says here that k6 is up, paused and ready. */
export const readyKey = (id: string, shard: number) => `${loadPrefix(id)}ready/${pad(shard, 3)}.json`;
/** The moment at which every shard resumes k6: `{ startAt }`, ISO 8601. */
export const loadStartKey = (id: string) => `${loadPrefix(id)}start.json`;
/** A shard's last word: how k6 ended. Its presence says that no block follows. */
export const endedKey = (id: string, shard: number) => `${loadPrefix(id)}ended/${pad(shard, 3)}.json`;

export const blocksPrefix = (id: string) => `${loadPrefix(id)}blocks/`;
/** Ordered by time first, so that a look can list from where the last one ended. */
export const blockKey = (id: string, start: number, shard: number) =>
  `${blocksPrefix(id)}${pad(start, 10)}-${pad(shard, 3)}.json`;

export function parseBlockKey(key: string): { start: number; shard: number } | undefined {
  const match = /\/blocks\/(\d{10})-(\d{3})\.json$/.exec(key);
  return match ? { start: Number(match[1]), shard: Number(match[2]) } : undefined;
}

const pad = (value: number, width: number) => String(value).padStart(width, "0");
