/**
 * What gameday's things are called outside of it: tags, parameters, objects in the results bucket. Each name is written here
 * and nowhere else, beside what reads it back, so that infra, the steps, the worker and the command line agree.
 */
export const TAGS = {
  /** What a game day makes: its value is the game day's id, for an experiment with the fault's number in it. */
  id: "gameday:id",
  /** What allows game days: its value is the target's name; the steps' roles may touch nothing that lacks it. */
  target: "gameday:target",
} as const;

/** SSM parameters, one for each name, below one path. */
const parametersBelow = (path: string) => ({
  path,
  of: (name: string): string => `${path}/${name}`,
  /** The name in a parameter's own; undefined for another kind of parameter. */
  nameIn: (parameter: string): string | undefined =>
    parameter.startsWith(`${path}/`) ? parameter.slice(path.length + 1) : undefined,
});

export const PARAMETERS = {
  /** In which gameday's own stack says where its parts are. */
  system: "/gameday/system",
  /** In which a target's stack describes it. */
  targets: parametersBelow("/gameday/targets"),
  /** In which gameday's own stack describes the stacks that game days may bring up, by their targets. */
  stacks: parametersBelow("/gameday/stacks"),
} as const;

/** What all game days' objects in the results bucket begin with. */
export const GAME_DAYS = "game-days/";
export const gameDayPrefix = (id: string) => `${GAME_DAYS}${id}/`;
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
