import type * as z from "zod";
import type { Result } from "../../workflows/result.ts";
import type { Plan } from "../../workflows/state.ts";
import type { Journal } from "../journal/journal.ts";
import type { Leases } from "../lease/lease.ts";
import type { Clients } from "./clients.ts";
import type { Configuration } from "./configuration.ts";
import { nameServiceError, Refused } from "./errors.ts";
import type { Results } from "./results.ts";

/** What a step is handed. No step builds a client, reads the environment or asks the time by itself. */
export interface Runtime {
  readonly clients: Clients;
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly leases: Leases;
  readonly results: Results;
  readonly drills: DrillShelf;
  readonly log: Log;
  readonly provenance: Provenance;
}

/** What was real and what was played, and where it ran. */
export type Provenance = (plan: Plan) => Pick<Result, "real" | "played" | "environment">;

export interface Clock {
  now(): Date;
}

export interface DrillShelf {
  /** A shipped drill as it stands in its file, not yet checked; undefined when there is none of that name. */
  read(name: string): Promise<unknown>;
  names(): Promise<string[]>;
}

export interface Log {
  /** A business metric of gameday itself, such as the seconds that a detector took. */
  metric(name: string, unit: "Count" | "Seconds", value: number): void;
}

export interface Step<Input, Output> {
  /** The state's name in the state machine. */
  readonly name: string;
  call(event: unknown, runtime: Runtime): Promise<Output>;
  readonly input: z.ZodType<Input>;
}

/**
 * One state of the workflow: parses its input at the boundary, acts, returns one small section of the state.
 * Errors of the SDK leave under a name that the state machine knows.
 */
export function step<Input, Output>(
  name: string,
  input: z.ZodType<Input>,
  run: (input: Input, runtime: Runtime) => Promise<Output>,
): Step<Input, Output> {
  return { name, input, call: atBoundary(name, input, run, "See workflows/state.ts for its shape.") };
}

/** What is called from outside: its input is parsed first, and its errors have names that are known outside. */
export function atBoundary<Input, Output, Handed>(
  name: string,
  input: z.ZodType<Input>,
  run: (input: Input, handed: Handed) => Promise<Output>,
  next: string,
): (event: unknown, handed: Handed) => Promise<Output> {
  return async (event, handed) => {
    const parsed = input.safeParse(event);
    if (!parsed.success) {
      const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "input"}: ${issue.message}`);
      throw new Refused(`the input of ${name}`, problems.join("; "), next);
    }
    try {
      return await run(parsed.data, handed);
    } catch (error) {
      throw nameServiceError(error);
    }
  };
}
