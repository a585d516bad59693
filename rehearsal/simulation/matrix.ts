import { play } from "./history.ts";
import { calmScenario, type Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

/** What happens when the execution is stopped as a state begins. */
const INTERRUPTIONS: Readonly<Record<string, Partial<Scenario>>> = {
  stopped: {},
  "and its event lost": { events: new Map([[0, { kind: "lost" }]]) },
  "and the safety net stopped too": { safetyNetStopped: 5 },
  "and a person edits": { edits: [{ atSeconds: 130, key: "LOG_LEVEL", value: "debug" }] },
};

export interface MatrixRow {
  readonly state: string;
  readonly cells: readonly string[];
}

export const MATRIX_COLUMNS = Object.keys(INTERRUPTIONS);

/** Every state in which a game day can be stopped, and what each kind of interruption came to. */
export async function crashMatrix(world: World): Promise<MatrixRow[]> {
  const rows: MatrixRow[] = [];
  for (const state of world.states) {
    const cells: string[] = [];
    for (const interruption of Object.values(INTERRUPTIONS)) {
      const crash = { kind: "in-state", state, visit: 1, afterSeconds: 0 } as const;
      const outcome = await play(world, { ...calmScenario(DRILL_WITH_DEPLOYMENT), crash, ...interruption });
      const stopped = `stopped in ${state}` in outcome.crashPoints;
      cells.push(stopped ? cellOf(outcome) : "never gets there");
    }
    rows.push({ state, cells });
  }
  return rows;
}

/** A seed whose drill deploys a configuration and has more than one fault. */
const DRILL_WITH_DEPLOYMENT = 7;

function cellOf({ violations, verdict, restoreSeconds }: Awaited<ReturnType<typeof play>>): string {
  if (violations.length > 0) return `LEFT BEHIND: ${violations[0]}`;
  const report = verdict ?? "nothing to report";
  return restoreSeconds === undefined || restoreSeconds === 0
    ? `${report}; nothing was left`
    : `${report}; restored after ${Math.ceil(restoreSeconds)} s`;
}
