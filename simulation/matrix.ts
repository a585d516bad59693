import { isEphemeral } from "./drills.ts";
import { play } from "./history.ts";
import { calmScenario, IN_NEED, type Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

/** What happens when the execution is stopped as a state begins, beside that. */
const BESIDE_STOPPED: Readonly<Record<string, Partial<Scenario>>> = {
  stopped: {},
  "and its event lost": { events: new Map([[0, { kind: "lost" }]]) },
  "and the safety net stopped too": { safetyNetStopped: 5 },
  "and a person edits": {
    edits: [{ atSeconds: 130, kind: "variable", function: "create-order", key: "LOG_LEVEL", value: "debug" }],
  },
};
const TIMED_OUT = "timed out instead";
const ANSWER_LOST = "its step's answer lost instead";

export interface MatrixRow {
  readonly state: string;
  readonly cells: readonly string[];
}

export const MATRIX_COLUMNS = [...Object.keys(BESIDE_STOPPED), TIMED_OUT, ANSWER_LOST];

/** Every state in which a game day can be stopped, and what each kind of interruption came to. */
export async function crashMatrix(world: World): Promise<MatrixRow[]> {
  const rows: MatrixRow[] = [];
  for (const state of world.states) {
    const { calm, arrival } = await gettingTo(state, world);
    const inState = { kind: "in-state", state, visit: 1, afterSeconds: 0 } as const;
    const cells: string[] = [];
    for (const beside of Object.values(BESIDE_STOPPED)) {
      // What is there for its game day only is nobody else's to edit.
      const impossible = beside.edits !== undefined && isEphemeral(calm.target);
      const outcome = () => cell(world, { ...calm, crash: inState, ...beside }, `stopped in ${state}`);
      cells.push(impossible ? "nobody's to edit" : await outcome());
    }
    const timeOut = { kind: "time-out", seconds: arrival.seconds + 0.001 } as const;
    cells.push(await cell(world, { ...calm, crash: timeOut }, "timed out"));
    const lost = new Map([[arrival.tasksBefore, "lost" as const]]);
    cells.push(arrival.isTask ? await cell(world, { ...calm, tasks: lost }, "task-lost") : "no step");
    rows.push({ state, cells });
  }
  return rows;
}

/** The first of the matrix' game days that gets to a state, and when it does. */
async function gettingTo(state: string, world: World): Promise<{ calm: Scenario; arrival: Arrival }> {
  for (const seed of [DRILL_WITH_CONFIGURATION, DRILL_WITH_STACK]) {
    const calm = { ...calmScenario(seed), ...(state === IN_NEED ? { deniedFrom: FAULT_IS_ON } : {}) };
    const arrival = await arrivalAt(world, calm, state);
    if (arrival) return { calm, arrival };
  }
  throw new Error(`None of the matrix' drills gets to ${state}.`);
}

interface Arrival {
  /** From the execution's start. */
  seconds: number;
  isTask: boolean;
  tasksBefore: number;
}

/** When the game day gets to the state first, if nothing happens to it before. */
async function arrivalAt(world: World, calm: Scenario, state: string): Promise<Arrival | undefined> {
  let began = 0;
  let tasksBefore = 0;
  let arrival: Arrival | undefined;
  await play(world, calm, {
    onEvent(event, seconds) {
      if (event.type === "ExecutionStarted") began = seconds;
      if (!event.type.endsWith("StateEntered")) return;
      const isTask = event.type.startsWith("Task");
      if (event.state === state) arrival ??= { seconds: seconds - began, isTask, tasksBefore };
      if (isTask) tasksBefore++;
    },
  });
  return arrival;
}

async function cell(world: World, scenario: Scenario, crashPoint: string): Promise<string> {
  const outcome = await play(world, scenario);
  return crashPoint in outcome.crashPoints ? cellOf(outcome) : "never gets there";
}

/** A seed whose drill deploys a configuration and has two faults, of a function and of a table. */
const DRILL_WITH_CONFIGURATION = 17;
/** One whose target's stack comes with the game day. */
const DRILL_WITH_STACK = 96;

/** Seconds; when a deny begins that keeps the game day from putting the target back. */
const FAULT_IS_ON = 110;

function cellOf({ violations, verdict, restoreSeconds, quarantined }: Awaited<ReturnType<typeof play>>): string {
  if (violations.length > 0) return `LEFT BEHIND: ${violations[0]}`;
  const report = verdict ?? "nothing to report";
  if (quarantined) return `${report}; in quarantine`;
  return restoreSeconds === undefined || restoreSeconds === 0
    ? `${report}; nothing was left`
    : `${report}; restored after ${Math.ceil(restoreSeconds)} s`;
}
