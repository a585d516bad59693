import type { Drill, Expectation } from "./drill.ts";
import { formatDuration } from "./duration.ts";
import { FaultSpec } from "./faults.ts";
import { isFisFault, LONGEST_FIS_FAULT_SECONDS, SLOWEST_POLL_SECONDS } from "./fis.ts";
import { checkGuardAlarms, checkGuardDurations, planGuard } from "./guard.ts";
import type { PlannedLoad } from "./load.ts";
import { measuresOf } from "./objectives.ts";
import type { Problem } from "./problem.ts";
import { RESOURCES, resourcesIn } from "./resources.ts";
import type { EphemeralStack } from "./stack.ts";
import type { Plan, PlannedExpectation, Target } from "./state.ts";
import { isSurge, planSurge } from "./surge.ts";

export type Profile = Plan["profile"];

/**
 * Seconds allowed for what takes as long as it takes: a change to come into effect, tasks to start, the tail to run.
 * A straggler is a step that was given up on: the longest function time-out is 119 s, and what it asked for may still be
 * under way then. In a rehearsal steps take milliseconds. The ramp is what the FIS user guide gives for its extension; the
 * one in a rehearsal asks every second. CloudWatch lists a new metric within a quarter of an hour (its API reference,
 * "ListMetrics"). The stack is what one may take to come up, and to go.
 */
const ALLOWANCES = {
  full: {
    start: 600,
    change: 120,
    tail: 1800,
    straggler: 130,
    patience: 600,
    watch: 30,
    stack: 1800,
    ramp: { upSeconds: SLOWEST_POLL_SECONDS, downSeconds: 20, metricsSeconds: 900 },
  },
  rehearsal: {
    start: 60,
    change: 8,
    tail: 60,
    straggler: 1,
    patience: 12,
    watch: 1,
    stack: 20,
    ramp: { upSeconds: 2, downSeconds: 2, metricsSeconds: 10 },
  },
} as const;

/** The shortest fault window in comparison blocks that leaves a detector something to compare. */
const FEWEST_BLOCKS = 4;
/** Load is measured in blocks of this length; a rehearsal, which has no time for longer ones, compares in them. */
const LOAD_BLOCK_SECONDS = 5;

export interface GameDayIdentity {
  id: string;
  executionArn: string;
  startedAt: Date;
  profile: Profile;
}

/** What is wrong with the drill for this target, found before anything is touched; empty when nothing is. */
export function checkAgainstTarget(drill: Drill, target: Target): Problem[] {
  const problems: Problem[] = [];
  if (drill.target !== target.name) {
    problems.push({ path: ["target"], message: `expected target "${target.name}", found "${drill.target}"` });
  }
  for (const [index, fault] of drill.faults.entries()) {
    problems.push(...checkNames(fault, ["faults", index], target), ...checkObjectives(fault, index, target));
  }
  problems.push(...checkNames(drill.deploy, ["deploy"], target));
  return [...problems, ...checkGuardAlarms(drill.guard, target, setsOffAlarm(drill))];
}

/** What a fault or a deployment changes has to be the target's. */
function checkNames(spec: object, path: Problem["path"], target: Target): Problem[] {
  return resourcesIn(spec).flatMap(({ field, name }) => {
    const { among, one } = RESOURCES[field];
    const known = target[among] ?? {};
    if (Object.hasOwn(known, name)) return [];
    const names = Object.keys(known).join(", ") || "it has none";
    const message = `expected ${one} of target "${target.name}" (${names}), found "${name}"`;
    return [{ path: [...path, field], message }];
  });
}

function checkObjectives(fault: Drill["faults"][number], index: number, target: Target): Problem[] {
  const known = measuresOf(target, isSurge(fault));
  return fault.objectives.flatMap(({ measure }, position) =>
    known.includes(measure)
      ? []
      : [
          {
            path: ["faults", index, "objectives", position, "measure"],
            message: `expected a measure of target "${target.name}" or of the load (${known.join(", ")}), found "${measure}"`,
          },
        ],
  );
}

/** The first fault that is expected to set off one of the target's alarms. */
const setsOffAlarm = ({ faults }: Drill): string | undefined =>
  faults.find(({ expect }) =>
    expect.some(({ detector, outcome }) => detector === "cloudwatch-alarms" && outcome === "detected"),
  )?.name;

/** What is wrong with the drill's durations, in both profiles. */
export function checkDurations(drill: Drill): Problem[] {
  const problems: Problem[] = [];
  const atLeast = (path: Problem["path"], seconds: number, block: number) => {
    if (seconds < FEWEST_BLOCKS * block) {
      problems.push({
        path,
        message: `expected at least ${formatDuration(FEWEST_BLOCKS * block)} (${FEWEST_BLOCKS} comparison blocks of ${block} s), found ${formatDuration(seconds)}`,
      });
    }
  };
  const positive = (path: Problem["path"], seconds: number | undefined) => {
    if (seconds === 0) problems.push({ path, message: "expected more than no time at all, found 0s" });
  };
  positive(["load", "timeout"], drill.load.timeout);
  positive(["rehearsal", "timeout"], drill.rehearsal.timeout);
  positive(["rehearsal", "alarmPeriod"], drill.rehearsal.alarmPeriod);
  if (drill.comparison.block % LOAD_BLOCK_SECONDS !== 0 || drill.comparison.block === 0) {
    problems.push({
      path: ["comparison", "block"],
      message: "expected a multiple of 5s: load is measured in 5-second blocks",
    });
  }
  atLeast(["baseline"], drill.baseline, drill.comparison.block);
  for (const [index, fault] of drill.faults.entries()) {
    atLeast(["faults", index, "duration"], fault.duration, drill.comparison.block);
    if (isFisFault(fault) && fault.duration > LONGEST_FIS_FAULT_SECONDS) {
      problems.push({
        path: ["faults", index, "duration"],
        message: `expected at most ${formatDuration(LONGEST_FIS_FAULT_SECONDS)} (an FIS experiment takes 12 h), found ${formatDuration(fault.duration)}`,
      });
    }
    for (const [position, { outcome, within }] of fault.expect.entries()) {
      if (within !== undefined && outcome !== "detected") {
        problems.push({
          path: ["faults", index, "expect", position, "within"],
          message: `expected no \`within\` beside outcome "${outcome}": it goes with "detected"`,
        });
      }
    }
  }
  atLeast(["recovery", "within"], drill.recovery.within, drill.comparison.block);
  atLeast(["rehearsal", "recovery"], drill.rehearsal.recovery, LOAD_BLOCK_SECONDS);
  atLeast(["rehearsal", "baseline"], drill.rehearsal.baseline, LOAD_BLOCK_SECONDS);
  atLeast(["rehearsal", "fault"], drill.rehearsal.fault, LOAD_BLOCK_SECONDS);
  return [...problems, ...checkGuardDurations(drill.guard, drill.rehearsal.guardFor, drill.load.timeout)];
}

/** What a plan for a stack of the game day's own has beside what its drill says. */
export interface StackToDeploy {
  readonly stack: EphemeralStack;
  /** It is not there yet, so that the target is one that is to come. */
  readonly pending?: true;
}

/** Drill and target → everything the steps need to know. Call the checks first: this does not repeat them. */
export function planGameDay(drill: Drill, target: Target, identity: GameDayIdentity, own?: StackToDeploy): Plan {
  const { profile } = identity;
  const allowance = ALLOWANCES[profile];
  const short = profile === "rehearsal" ? drill.rehearsal : undefined;
  const warmUpSeconds = short?.warmUp ?? drill.warmUp;
  const baselineSeconds = short?.baseline ?? drill.baseline;
  const withinSeconds = short?.recovery ?? drill.recovery.within;
  const durationOf = (fault: Drill["faults"][number]) => short?.fault ?? fault.duration;
  const durationSeconds =
    warmUpSeconds +
    baselineSeconds +
    drill.faults.reduce((sum, fault) => sum + durationOf(fault) + withinSeconds + 2 * allowance.change, 0) +
    drill.faults.filter(isFisFault).length * (allowance.ramp.upSeconds + allowance.ramp.downSeconds) +
    // The baseline and every recovery are measured once the last request in them has its answer.
    (1 + drill.faults.length) * (short?.timeout ?? drill.load.timeout) +
    allowance.start / 10;
  const stackSeconds = drill.deploy.kind === "stack" ? allowance.stack : 0;
  const load = planLoad(drill, target, durationSeconds, short);
  // A surge is in effect once a block of it is measured, and has to outlast its fault from then on, until it is undone.
  const holdSeconds = allowance.change + load.timeoutSeconds + 2 * LOAD_BLOCK_SECONDS + 2 * allowance.watch;
  const faults = drill.faults.map((fault, index) => ({
    index,
    name: fault.name,
    // Parsed again so that the spec holds the fault's own fields only, not its name and duration.
    spec: FaultSpec.parse(withoutCommons(fault)),
    durationSeconds: durationOf(fault),
    ...(isFisFault(fault) ? { ramp: allowance.ramp } : {}),
    ...(isSurge(fault) ? { surge: planSurge(fault, load, { durationSeconds: durationOf(fault), holdSeconds }) } : {}),
    expect: fault.expect.map((expectation) => planExpectation(expectation, short?.within)),
    objectives: fault.objectives,
  }));
  return {
    id: identity.id,
    executionArn: identity.executionArn,
    startedAt: identity.startedAt.toISOString(),
    drill: drill.name,
    title: drill.title,
    hypothesis: drill.hypothesis,
    profile,
    target,
    deploy: drill.deploy,
    ...(own && { stack: { ...own.stack, allowanceSeconds: allowance.stack } }),
    ...(own?.pending && { pending: own.pending }),
    load,
    warmUpSeconds,
    baselineSeconds,
    faults,
    recovery: { withinSeconds, margin: drill.recovery.margin },
    ...(drill.guard && { guard: planGuard(drill.guard, target.alarms, short?.guardFor) }),
    ...(drill.startsInAlarm && { startsInAlarm: true }),
    comparisonBlockSeconds: short ? LOAD_BLOCK_SECONDS : drill.comparison.block,
    watchSeconds: allowance.watch,
    stragglerSeconds: allowance.straggler,
    patienceSeconds: Math.max(allowance.patience, stackSeconds),
    ...(short?.alarmPeriod === undefined ? {} : { alarmPeriodSeconds: short.alarmPeriod }),
    deadline: new Date(
      identity.startedAt.getTime() + (allowance.start + durationSeconds + allowance.tail + 2 * stackSeconds) * 1000,
    ).toISOString(),
  };
}

/** The whole game day's expected length in seconds, without set-up. */
export function expectedSeconds(plan: Plan): number {
  const faults = plan.faults.reduce((sum, fault) => sum + fault.durationSeconds + plan.recovery.withinSeconds, 0);
  return plan.warmUpSeconds + plan.baselineSeconds + faults;
}

function withoutCommons(fault: Drill["faults"][number]): unknown {
  const { name: _name, duration: _duration, expect: _expect, objectives: _objectives, ...spec } = fault;
  return spec;
}

function planExpectation({ detector, outcome, within, pattern }: Expectation, replaced?: number): PlannedExpectation {
  const withinSeconds = outcome === "detected" ? (replaced ?? within) : undefined;
  return {
    detector,
    outcome,
    ...(withinSeconds === undefined ? {} : { withinSeconds }),
    ...(pattern === undefined ? {} : { pattern }),
  };
}

function planLoad(drill: Drill, target: Target, durationSeconds: number, short?: Drill["rehearsal"]): PlannedLoad {
  const { request, script, rate, timeout, shards } = drill.load;
  const { body } = request ?? {};
  return {
    url: `${target.url.replace(/\/$/, "")}${request?.path ?? "/"}`,
    method: request?.method ?? "GET",
    headers: request?.headers ?? {},
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    expectedStatus: request?.expectedStatus ?? [200],
    ...(script === undefined ? {} : { script }),
    rate: short?.rate ?? rate,
    timeoutSeconds: short?.timeout ?? timeout,
    shards,
    durationSeconds: Math.ceil(durationSeconds),
  };
}
