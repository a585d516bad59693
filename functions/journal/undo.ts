import type { Check, Conflict, Plan } from "../../workflows/state.ts";
import { type Fault, faultOf, verbsOf } from "../faults/index.ts";
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
  if (entry.change.kind === "load") return undoLoad(plan, runtime);
  const fault = faultOfChange(entry.change, plan, runtime);
  if (!fault) return { undo: async () => [], check: async () => ({ settled: true, checks: [] }), byHand: () => [] };
  return {
    undo: () => fault.undo(entry.before),
    check: () => fault.check(entry.before),
    byHand: () => fault.byHand(entry.before),
  };
}

/** The verbs behind a fault or a deployment: bringing the target to a configuration is the same change as a fault. */
export function faultOfChange(change: Change, plan: Plan, runtime: Runtime): Fault | undefined {
  if (change.kind === "fault") return faultOf(change.fault, plan, runtime);
  if (change.kind === "deployment" && change.deployment.kind === "configuration") {
    const { function: name, set } = change.deployment;
    return verbsOf({ kind: "lambda-env", function: name, set }, plan, runtime);
  }
  return undefined;
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
