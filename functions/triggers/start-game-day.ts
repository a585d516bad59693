import { StartExecutionCommand } from "@aws-sdk/client-sfn";
import { blackoutOf, executionNameOf, StartOrder } from "../../workflows/start-order.ts";
import { type TriggerRuntime, trigger } from "../runtime/trigger.ts";

/** What came of a call: a schedule or a rule does not ask, but the trace and whoever tries it by hand do. */
export interface Started {
  readonly execution: string;
  readonly started: boolean;
  /** Why not, if not. */
  readonly why?: string;
}

/**
 * Starts a game day for a schedule or a rule. EventBridge delivers at least once and tries again what failed, so that the
 * name of the execution is made of the occasion: however often it comes, there is one game day. On a blackout date there
 * is none, and that is no error.
 */
export const startGameDay = trigger("StartGameDay", StartOrder, async (order, runtime): Promise<Started> => {
  const execution = executionNameOf(order);
  const blackout = blackoutOf(order, runtime.clock.now());
  if (blackout !== undefined) {
    return not(execution, `${blackout} (${order.timeZone}) is a blackout of "${order.start}"`, runtime);
  }
  const { sfn, gameDayArn: stateMachineArn } = runtime;
  try {
    await sfn.send(new StartExecutionCommand({ stateMachineArn, name: execution, input: JSON.stringify(order.input) }));
    return { execution, started: true };
  } catch (error) {
    // While it runs, its second start is answered like the first; once it is over, by this (API reference, StartExecution).
    if (!(error instanceof Error) || error.name !== "ExecutionAlreadyExists") throw error;
    return not(execution, "it was started before", runtime);
  }
});

function not(execution: string, why: string, { note }: TriggerRuntime): Started {
  note(`No game day ${execution}: ${why}.`);
  return { execution, started: false, why };
}
