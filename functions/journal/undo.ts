import { faultLike } from "../../workflows/deployment.ts";
import { isOnTarget } from "../../workflows/faults.ts";
import type { Check, Conflict, Plan } from "../../workflows/state.ts";
import { type Fault, faultOf, verbsOf } from "../changes/index.ts";
import { undoneWith, undoStack } from "../changes/stack.ts";
import { isRunning, loadTasks, stopByHand, stopTasks } from "../load/tasks.ts";
import type { Runtime } from "../runtime/step.ts";
import type { Change, Entry } from "./entry.ts";

/** How a change of the journal is put back and looked at, whichever kind it is. */
export interface Undo {
  undo(): Promise<Conflict[]>;
  check(): Promise<{ settled: boolean; checks: Check[] }>;
  byHand(): string[];
}

export function undoOf(entry: Entry, plan: Plan, runtime: Runtime): Undo {
  const { change, before } = entry;
  if (change.kind === "load") return undoLoad(plan, runtime);
  if (change.kind === "deployment" && plan.stack) return undoStack(plan, plan.stack, runtime);
  const fault = faultOfChange(change, plan, runtime);
  if (!fault) return { undo: async () => [], check: async () => ({ settled: true, checks: [] }), byHand: () => [] };
  const undo: Undo = {
    undo: () => fault.undo(before),
    check: () => fault.check(before),
    byHand: () => fault.byHand(before),
  };
  return plan.stack && change.kind === "fault" && isOnTarget(change.fault.spec)
    ? undoneWith(plan, plan.stack, change.fault, undo, runtime)
    : undo;
}

/** The verbs behind a fault or a deployment: bringing the target to a configuration or a version is the same change. */
export function faultOfChange(change: Change, plan: Plan, runtime: Runtime): Fault | undefined {
  if (change.kind === "fault") return faultOf(change.fault, plan, runtime);
  const deployed = change.kind === "deployment" ? faultLike(change.deployment) : undefined;
  return deployed && verbsOf(deployed, plan, runtime);
}

function undoLoad(plan: Plan, runtime: Runtime): Undo {
  return {
    async undo() {
      await stopTasks(await loadTasks(plan.id, runtime), `game day ${plan.id} is over`, runtime);
      return [];
    },
    async check() {
      const running = (await loadTasks(plan.id, runtime)).filter(isRunning);
      return {
        settled: running.length === 0,
        checks: [
          {
            what: "no load task of this game day runs",
            ok: running.length === 0,
            detail: running.length === 0 ? "none found by its mark" : running.map((task) => task.taskArn).join(", "),
          },
        ],
      };
    },
    byHand: () => stopByHand(plan.id, runtime),
  };
}
