import type * as z from "zod";
import type { Clients } from "./clients.ts";
import { Misconfigured } from "./errors.ts";
import { atBoundary, type Clock } from "./step.ts";

/** What a trigger is handed. It starts executions and touches nothing else. */
export interface TriggerRuntime {
  readonly sfn: Clients["sfn"];
  /** The state machine of game days. */
  readonly gameDayArn: string;
  readonly clock: Clock;
  /** A line in the function's log for whoever wonders why there was no game day. */
  note(sentence: string): void;
}

/** A function that is called by a schedule or a rule, and is no state of the workflow. */
export interface Trigger<Output> {
  /** The construct's name in the game-day stack. */
  readonly name: string;
  call(event: unknown, runtime: TriggerRuntime): Promise<Output>;
}

export const trigger = <Input, Output>(
  name: string,
  input: z.ZodType<Input>,
  run: (input: Input, runtime: TriggerRuntime) => Promise<Output>,
): Trigger<Output> => ({ name, call: atBoundary(name, input, run, "infra/game-day-starts.ts writes it.") });

/** Reads the one variable that a trigger has. Throws {@link Misconfigured} without it. */
export function readGameDayArn(environment: Readonly<Record<string, string | undefined>>): string {
  const { GAME_DAY_ARN } = environment;
  if (GAME_DAY_ARN) return GAME_DAY_ARN;
  throw new Misconfigured(
    "the environment variable GAME_DAY_ARN",
    "none",
    "It is set for every trigger in infra/game-day-starts.ts.",
  );
}
