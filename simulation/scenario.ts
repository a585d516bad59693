import { drawDrill, isEphemeral, type TargetName } from "./drills.ts";
import { drawEdit, type Edit } from "./edits.ts";
import { type Random, randomOf } from "./random.ts";
import type { World } from "./world.ts";

/** Everything that is drawn for one history: what is done, and what goes wrong. Times are seconds from its beginning. */
export interface Scenario {
  readonly seed: number;
  readonly target: TargetName;
  readonly drill: object;
  /** A second game day on the same target. */
  readonly second: { readonly atSeconds: number } | undefined;
  readonly crash: Crash | undefined;
  /** The safety net's own execution is stopped so long after it has begun, once. */
  readonly safetyNetStopped: number | undefined;
  /** The safety net sweeps in the moment in which the game day rolls back. */
  readonly sweepAtRollBack: boolean;
  /** All calls of an interval fail with a probability. */
  readonly burst: Burst | undefined;
  /** From then on nobody may change the target any more: what was changed cannot be put back. */
  readonly deniedFrom: number | undefined;
  /** Call → what happens to it, by the number of the call. */
  readonly calls: ReadonlyMap<number, CallFailure>;
  /** The same by the number of the call among those that change something: there are few, and they matter most. */
  readonly changes: ReadonlyMap<number, CallFailure>;
  /** Task → what happens to its answer on the way from Lambda to Step Functions, by the number of the task. */
  readonly tasks: ReadonlyMap<number, TaskMishap>;
  /** Update of a function → what becomes of it, by its number. */
  readonly updates: ReadonlyMap<number, UpdateMishap>;
  /** Event → what happens to it, by its number. */
  readonly events: ReadonlyMap<number, EventMishap>;
  readonly before: Before;
  /** How long reads may show what stood before a write, seconds. */
  readonly staleSeconds: number;
  readonly edits: readonly Edit[];
  /** Only where a stack is brought up: what goes wrong with it. */
  readonly stacks: StackFailures;
}

/** Beside these a stack comes up, and goes, in twenty seconds. */
export interface StackFailures {
  /** Coming up takes so long, seconds. */
  readonly upSeconds?: number;
  /** The first comes to nothing. */
  readonly failsToComeUp?: boolean;
  /** So many deletions fail before one does not. */
  readonly refusals?: number;
}

export type Crash =
  | { readonly kind: "in-state"; readonly state: string; readonly visit: number; readonly afterSeconds: number }
  | {
      readonly kind: "at-call";
      /** Of all calls, or of those that change something. */
      readonly among: "all" | "changes";
      readonly index: number;
      readonly side: "before" | "after";
      /** The call is made all the same, when its function is long gone. */
      readonly straggles: boolean;
    }
  /** At the first call of a state's step: some states make one call only, late in the game day. */
  | { readonly kind: "at-first-call"; readonly state: string; readonly side: "before" | "after" }
  | { readonly kind: "at-time"; readonly atSeconds: number }
  | { readonly kind: "time-out"; readonly seconds: number };

export interface Burst {
  readonly from: number;
  readonly to: number;
  readonly share: number;
  readonly error: "throttled" | "server-error";
}

/**
 * lost-answer: done, but the caller hears of an error · too-late: the function's time is up, then it is done · overtaken:
 * somebody else's edit is in effect between what the step has read and what it writes · slow
 */
export type CallFailure = "lost-answer" | "too-late" | "overtaken" | "slow" | "throttled" | "server-error";
/** lost: done, heard as an error, tried again · given-up: tried again while the first is still at it */
export type TaskMishap = "lost" | "given-up";
export type UpdateMishap = { readonly kind: "slow"; readonly seconds: number } | { readonly kind: "fails" };
export type EventMishap = { readonly kind: "lost" } | { readonly kind: "doubled" | "late"; readonly seconds: number };

/** What stands there before the first game day, where it is not as deployed. */
export interface Before {
  /** What the function at the front has reserved. */
  readonly reserved?: number;
  /** Usage plans limit nothing. */
  readonly limitless?: boolean;
  /** The most that tables take. */
  readonly mostWrites?: number;
}

/** Kills by index are at these calls: a game day with three faults makes more. */
export const MOST_CALLS = 480;
/** Fewest and most calls of a game day with one fault, and of one with two: a later call needs another fault. */
const FEWEST_CALLS = [225, 345];
const MOST_CALLS_BY_FAULTS = [285, 410];
/** The calls that change something: the first are the load's, the deployment's and the first fault's. */
const MOST_CHANGES = 6;
const LONGEST_SECONDS = 600;
/** A game day gets there when it cannot put something back. */
export const IN_NEED = "WaitForRestoration";
/** Only game days that bring up a stack get there. */
const STATES_OF_A_STACK = ["PlanTarget", "PreflightTarget", "JudgeTarget"];

/** The history of a seed. `states` are those in which it can be stopped, `tasks` those of them that have a step. */
export function drawScenario(seed: number, { states, tasks }: Pick<World, "states" | "tasks">): Scenario {
  const random = randomOf(seed, "scenario");
  const drawn = drawTarget(random);
  const turn = turnOf(seed);
  if (turn?.calm) {
    // A guard might end it before the call.
    const drill = { ...drawDrill(random, drawn, faultsFor(turn.index, FEWEST_CALLS)), guard: undefined };
    return { ...calmScenario(seed), drill, crash: killAt(turn) };
  }
  const crash = turn ? killAt(turn) : drawCrash(random, states, tasks);
  // What is drawn for a state is to happen in it.
  const target = crash && "state" in crash && STATES_OF_A_STACK.includes(crash.state) ? "orders-ephemeral" : drawn;
  const drill = drawDrill(random, target, turn ? faultsFor(turn.index, MOST_CALLS_BY_FAULTS) : 1);
  const rough = random.chance(crash?.kind === "at-call" ? 0.4 : 0.7);
  const some = (probability: number) => rough && random.chance(probability);
  return {
    seed,
    target,
    drill,
    second: random.chance(0.2) ? { atSeconds: random.chance(0.3) ? 0 : random.between(0, 1000) } : undefined,
    crash,
    safetyNetStopped: some(0.12) ? random.between(0, 200) : undefined,
    sweepAtRollBack: some(0.08),
    burst: some(0.15) ? drawBurst(random) : undefined,
    deniedFrom: some(0.04) || isAt(crash, IN_NEED) ? random.between(0, LONGEST_SECONDS / 2) : undefined,
    calls: drawMap(random, some(0.5) ? 3 : 0, MOST_CALLS, () =>
      random.pick<CallFailure>(["lost-answer", "too-late", "slow", "throttled", "server-error"]),
    ),
    changes: drawMap(random, some(0.35) ? 1 : 0, MOST_CHANGES, () =>
      random.pick<CallFailure>(["lost-answer", "too-late", "overtaken", "slow", "throttled", "server-error"]),
    ),
    tasks: drawMap(random, some(0.3) ? 2 : 0, 60, () => random.pick<TaskMishap>(["lost", "given-up"])),
    updates: drawMap(random, some(0.3) ? 2 : 0, 5, () =>
      random.chance(0.6) ? { kind: "slow", seconds: random.between(5, 240) } : { kind: "fails" },
    ),
    events: drawMap(random, some(0.25) ? 1 : 0, 2, () =>
      random.chance(0.3)
        ? { kind: "lost" }
        : { kind: random.pick(["doubled", "late"] as const), seconds: random.between(0, 600) },
    ),
    before: {
      ...(random.chance(0.2) ? { reserved: 40 } : {}),
      ...(random.chance(0.3) ? { limitless: true } : {}),
      ...(random.chance(0.3) ? { mostWrites: 400 } : {}),
    },
    staleSeconds: some(0.4) ? random.between(0, 3) : 0,
    edits: Array.from({ length: random.chance(0.35) ? random.integer(1, 3) : 0 }, (_, index) => ({
      atSeconds: random.between(0, LONGEST_SECONDS),
      ...drawEdit(random, target, index + 1),
    })).filter(() => !isEphemeral(target)),
    stacks: isEphemeral(target) && rough ? drawStackMishaps(random) : {},
  };
}

const drawStackMishaps = (random: Random): StackFailures => ({
  ...(random.chance(0.2) ? { upSeconds: random.between(1, 300) } : {}),
  ...(random.chance(0.15) ? { failsToComeUp: true } : {}),
  ...(random.chance(0.3) ? { refusals: random.integer(1, 3) } : {}),
});

interface Turn {
  readonly index: number;
  readonly side: "before" | "after";
  /** Nothing else goes wrong, so that the call is sure to be made. */
  readonly calm: boolean;
}

/** Every third history is stopped at a call: before the first, after it, before the second … so that none is missed. */
function turnOf(seed: number): Turn | undefined {
  if (seed % 3 !== 0) return undefined;
  const turn = Math.floor(seed / 3);
  const round = Math.floor(turn / (2 * MOST_CALLS));
  return {
    index: Math.floor((turn % (2 * MOST_CALLS)) / 2),
    side: turn % 2 === 0 ? "before" : "after",
    calm: round % 2 === 1,
  };
}

const killAt = ({ index, side }: Turn): Crash => ({ kind: "at-call", among: "all", index, side, straggles: false });

const faultsFor = (call: number, callsByFaults: readonly number[]) =>
  1 + callsByFaults.filter((calls) => call >= calls).length;

const isAt = (crash: Crash | undefined, state: string) => crash?.kind === "in-state" && crash.state === state;

/** The same history without anything going wrong. */
export function calmScenario(seed: number): Scenario {
  const random = randomOf(seed, "scenario");
  const target = drawTarget(random);
  return {
    seed,
    target,
    drill: drawDrill(random, target, 1),
    second: undefined,
    crash: undefined,
    safetyNetStopped: undefined,
    sweepAtRollBack: false,
    burst: undefined,
    deniedFrom: undefined,
    calls: new Map(),
    changes: new Map(),
    tasks: new Map(),
    updates: new Map(),
    events: new Map(),
    before: {},
    staleSeconds: 0,
    edits: [],
    stacks: {},
  };
}

/** Most are about the smallest, which takes the least time. */
function drawTarget(random: Random): TargetName {
  const drawn = random.next();
  if (drawn < 0.3) return "notifications-flow-control";
  if (drawn < 0.42) return "orders-releases";
  return drawn < 0.54 ? "orders-ephemeral" : "orders";
}

function drawMap<T>(random: Random, most: number, range: number, draw: () => T): Map<number, T> {
  const count = most === 0 ? 0 : random.integer(1, most);
  return new Map(Array.from({ length: count }, () => [random.integer(0, range), draw()]));
}

function drawCrash(random: Random, states: readonly string[], tasks: readonly string[]): Crash | undefined {
  const kind = random.next();
  if (kind < 0.1) {
    const [side, straggles] = random.pick([
      ["before", true],
      ["before", false],
      ["after", false],
    ] as const);
    return { kind: "at-call", among: "changes", index: random.integer(0, MOST_CHANGES), side, straggles };
  }
  if (kind < 0.45) {
    const afterSeconds = random.chance(0.5) ? 0 : random.between(0, 3);
    return { kind: "in-state", state: random.pick(states), visit: random.pick([1, 1, 2, 4]), afterSeconds };
  }
  if (kind < 0.55) return { kind: "at-time", atSeconds: random.between(0, LONGEST_SECONDS) };
  if (kind < 0.75) return { kind: "time-out", seconds: random.integer(1, LONGEST_SECONDS) };
  if (kind < 0.8) return { kind: "at-first-call", state: random.pick(tasks), side: random.pick(["before", "after"]) };
  return undefined;
}

function drawBurst(random: Random): Burst {
  const from = random.between(0, LONGEST_SECONDS);
  return {
    from,
    to: from + random.between(1, 60),
    share: random.pick([0.3, 0.7, 1]),
    error: random.pick(["throttled", "server-error"]),
  };
}
