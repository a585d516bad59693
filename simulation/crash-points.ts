import type { World } from "./world.ts";

const MISHAPS = [
  ...["edit-before", "edit-during", "edit-after", "overtaken"],
  ...["event-lost", "event-doubled", "event-late"],
  ...["lost-answer", "too-late", "slow", "throttled", "server-error", "denied"],
  ...["task-lost", "task-given-up", "update-slow", "update-fails"],
  ...["stack-slow", "stack-fails", "stack-refuses"],
  ...["second game day", "safety-net-stopped", "sweep during a roll-back", "stopped at a moment", "timed out"],
];

/** Everything by name that can happen to a game day in the simulation: what did not happen is to be seen as zero. */
export const everyCrashPoint = ({ states, tasks }: World): string[] => [
  ...MISHAPS,
  ...states.map((state) => `stopped in ${state}`),
  ...tasks.flatMap((state) => [`stopped before a call of ${state}`, `stopped after a call of ${state}`]),
];
