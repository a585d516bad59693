import type { Experiment } from "@aws-sdk/client-fis";
import type { TaskProcess } from "../stand-in/aws/ecs/task-process.ts";
import type { Published } from "../stand-in/aws/sns/operations.ts";
import { isFisFault } from "../workflows/fis.ts";
import { TAGS } from "../workflows/names.ts";
import { isEphemeral } from "./drills.ts";
import { wasInEffect } from "./effects.ts";
import type { Ending } from "./endings.ts";
import type { Scenario } from "./scenario.ts";
import type { Lease } from "./simulated-region.ts";
import type { TargetState } from "./target-state.ts";

export interface TaskRecord {
  readonly gameDay: string;
  readonly process: TaskProcess;
  readonly bornAt: number;
}

/** Everything that is left when nothing happens any more. */
export interface Remains {
  readonly scenario: Scenario;
  readonly endings: readonly Ending[];
  readonly leases: readonly Lease[];
  readonly tasks: readonly TaskRecord[];
  readonly state: TargetState;
  /** What gameday itself has told people. */
  readonly announced: readonly Published[];
  /** Experiments that are not over and templates that are still there. */
  readonly leftInFis: readonly string[];
  /** Stacks of game days that are not gone. */
  readonly leftStanding: readonly string[];
  readonly experiments: readonly Experiment[];
  readonly restoreSeconds: number | undefined;
  readonly transitions: number;
}

/** What must be true of every history, whatever happened in it. Empty when it is. */
export function violationsOf(remains: Remains): string[] {
  return [
    ...notRestored(remains),
    ...leftRunning(remains),
    ...leftInFis(remains),
    ...leftStanding(remains),
    ...leftHeld(remains),
    ...notReported(remains),
    ...passedWithoutEvidence(remains),
    ...tooExpensive(remains),
    ...tooSlow(remains),
  ];
}

/** The target equals what it was, plus other people's edits; or it is quarantined, and people know. */
const notRestored = ({ state, leases }: Remains): string[] =>
  leases.some(({ quarantine }) => quarantine !== undefined)
    ? []
    : state.differences().map((difference) => `not restored: ${difference}`);

/** No experiment is left running and no template is left at all, unless people know. */
const leftInFis = ({ leftInFis: left, leases }: Remains) =>
  leases.some(({ quarantine }) => quarantine !== undefined) ? [] : left.map((what) => `left in FIS: ${what}`);

/** A stack that a game day has brought up is gone, unless people know. */
const leftStanding = ({ leftStanding: left, leases }: Remains) =>
  leases.some(({ quarantine }) => quarantine !== undefined) ? [] : left.map((what) => `left standing: ${what}`);

const leftRunning = ({ tasks }: Remains) =>
  tasks.filter(({ process }) => process.running).map(({ gameDay }) => `a load task of ${gameDay} still runs`);

/** No lease of a game day that is gone, but for a quarantine that people were told of. */
function leftHeld({ leases, announced }: Remains): string[] {
  return leases.flatMap(({ target, holder, quarantine }) => {
    if (holder === undefined) return [];
    if (quarantine === undefined) return [`${target} is still held by ${holder}`];
    return announced.some(({ subject }) => subject.endsWith("NOT RESTORED"))
      ? []
      : [`${target} is in quarantine (${quarantine}) and nobody was told`];
  });
}

const beganChanges = ({ execution }: Ending) =>
  execution?.history.some(({ type, state }) => type === "TaskStateExited" && state === "AcquireLease") &&
  execution.history.some(({ type, state }) => type === "TaskStateEntered" && state === "Preflight");

function notReported({ endings }: Remains): string[] {
  return endings.flatMap((ending) => {
    if (!beganChanges(ending)) return [];
    if (!ending.result) return [`${ending.name} has no result`];
    if (!ending.reported) return [`${ending.name} has no report`];
    const { execution, result } = ending;
    // One that was stopped once its report was announced and its target free is over: nothing is left to say.
    const over = execution?.history.some(({ state }) => state === "ReleaseLease");
    const gone = execution?.status === "ABORTED" || execution?.status === "TIMED_OUT";
    return gone && !over && result.verdict !== "aborted"
      ? [`${ending.name} was ${execution.status}, and its report says ${result.verdict}`]
      : [];
  });
}

const EVERY_STEP = [
  ...["Plan", "AcquireLease", "Preflight", "Deploy", "StartLoad", "AwaitLoad", "JudgeBaseline"],
  ...["RollBack", "StopLoad", "VerifyRestored", "Judge"],
];
const EVERY_FAULT_STEP = ["InjectFault", "ProveFault", "WatchFault", "UndoFault", "WatchRecovery", "FaultDone"];

/** Passed means that every step happened and every fault was really in effect. */
function passedWithoutEvidence({ endings, state, experiments }: Remains): string[] {
  return endings.flatMap(({ name, result, execution, plan }) => {
    if (result?.verdict !== "passed" || !execution || !plan) return [];
    const exited = (state: string) =>
      execution.history.filter((event) => event.state === state && event.type.endsWith("StateExited")).length;
    const missing = [
      ...EVERY_STEP.filter((state) => exited(state) === 0),
      ...EVERY_FAULT_STEP.filter((state) => exited(state) < plan.faults.length),
    ];
    const never = plan.faults.filter(({ spec, index }) =>
      isFisFault(spec)
        ? !experiments.some(({ tags, startTime }) => tags?.[TAGS.id] === `${plan.id}/${index}` && startTime)
        : !wasInEffect(spec, state),
    );
    return [
      ...(missing.length > 0 ? [`${name} passed without ${missing.join(", ")}`] : []),
      ...never.map((fault) => `${name} passed, but ${fault.name} was never in effect`),
    ];
  });
}

/** Set-up, patience and stragglers beside the planned load, seconds. */
const LOAD_ALLOWANCE_SECONDS = 1800;
const MOST_HISTORY = 6000;
const MOST_MAILS = 6;

function tooExpensive({ endings, tasks, transitions, announced }: Remains): string[] {
  return [
    ...endings.flatMap(({ name, plan }) => {
      const own = tasks.filter(({ gameDay }) => gameDay === name);
      return plan && own.length > plan.load.shards ? [`${name} started ${own.length} load tasks`] : [];
    }),
    ...endings.flatMap(({ name, plan, execution }) => {
      const seconds = execution ? ((execution.history.at(-1)?.at ?? 0) - (execution.history[0]?.at ?? 0)) / 1000 : 0;
      const stackSeconds = 4 * (plan?.stack?.allowanceSeconds ?? 0);
      return plan && seconds > plan.load.durationSeconds + LOAD_ALLOWANCE_SECONDS + stackSeconds
        ? [`${name} took ${Math.round(seconds)} s`]
        : [];
    }),
    ...(transitions > MOST_HISTORY ? [`${transitions} events of history`] : []),
    ...(announced.length > MOST_MAILS ? [`${announced.length} announcements`] : []),
  ];
}

/** What a clean-up may take: stragglers, retries, loops; more when something keeps it up. */
function tooSlow({ scenario, restoreSeconds }: Remains): string[] {
  if (restoreSeconds === undefined) return [];
  const { burst, deniedFrom, updates, events, safetyNetStopped, tasks, calls, changes, target, stacks } = scenario;
  const sweeps = (events.size > 0 ? 1 : 0) + (safetyNetStopped !== undefined ? 1 : 0);
  const updating = [...updates.values()].reduce(
    (sum, update) => sum + (update.kind === "slow" ? update.seconds : 10),
    0,
  );
  const allowed =
    150 +
    updating +
    sweeps * 700 +
    (burst ? 700 : 0) +
    (deniedFrom === undefined ? 0 : 700) +
    (tasks.size + calls.size + changes.size > 0 ? 240 : 0) +
    // A stack is waited for, and asked for again.
    (isEphemeral(target) ? 240 + 60 * (stacks.refusals ?? 0) : 0);
  return restoreSeconds > allowed
    ? [`restored after ${Math.round(restoreSeconds)} s, ${allowed.toFixed(0)} s allowed`]
    : [];
}
