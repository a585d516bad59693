import { isOnTarget } from "../../workflows/faults.ts";
import type { Plan } from "../../workflows/state.ts";
import type { Entry } from "../journal/entry.ts";
import type { Runtime } from "../runtime/step.ts";
import { findStack, isOf } from "./stack.ts";
import { changeIn, type Verbs } from "./verbs.ts";

/**
 * How a change is taken back once its game day is over: what is on a stack of the game day's own goes with it, and there
 * is nothing left to look at. While the game day lasts, a stack that is gone is no undo: see `changeIn`.
 */
export function endOfChange(entry: Entry, plan: Plan, runtime: Runtime): Pick<Verbs, "undo" | "check" | "byHand"> {
  const own = changeIn(entry, plan, runtime);
  const { change } = entry;
  const { stack } = plan;
  if (!stack || change.kind !== "fault" || !isOnTarget(change.fault.spec)) return own;
  const stands = async () => {
    const found = await findStack(stack.stackName, runtime);
    return found !== undefined && isOf(plan, found) && !found.StackStatus?.startsWith("DELETE_");
  };
  return {
    byHand: own.byHand,
    undo: async () => ((await stands()) ? own.undo() : []),
    async check() {
      if (await stands()) return own.check();
      const what = `nothing of fault "${change.fault.name}" is left`;
      return { settled: true, checks: [{ what, ok: true, detail: `it goes with stack ${stack.stackName}` }] };
    },
  };
}
