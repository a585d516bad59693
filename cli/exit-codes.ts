import type { Result } from "../workflows/result.ts";

/** What the command line ends with: scripts and pipelines read it. */
export const EXIT = {
  passed: 0,
  /** The system or its detectors did not do what the drill expects. */
  failed: 1,
  /** Wrong input or set-up: nothing was touched. */
  wrongInput: 2,
  /** Invalid or aborted: the experiment says nothing. */
  saysNothing: 3,
  /** Something was not put back: look now. */
  notRestored: 4,
} as const;

/** How a game day ended, here or on AWS. */
export interface EndedGameDay {
  /** Of its execution. */
  readonly status: string;
  /** Absent when it was refused before it began, or ended without a report. */
  readonly result: Result | undefined;
  readonly error: { readonly name: string } | undefined;
  /** What is known not to be as it was before, whatever the report says. */
  readonly changed: readonly string[];
}

/** Errors that mean that nothing was touched because something was not as it has to be. */
const SET_UP_ERRORS = new Set(["Refused", "TargetNotFree", "NotReady", "Misconfigured"]);

export function exitCodeOf({ status, result, error, changed }: EndedGameDay): number {
  if (result?.restored.ok === false || changed.length > 0) return EXIT.notRestored;
  if (!result) return status === "ABORTED" ? EXIT.saysNothing : EXIT.wrongInput;
  if (error && SET_UP_ERRORS.has(error.name)) return EXIT.wrongInput;
  return { passed: EXIT.passed, failed: EXIT.failed, invalid: EXIT.saysNothing, aborted: EXIT.saysNothing }[
    result.verdict
  ];
}

/** A mistake of whoever called: shown as it is, without a stack. */
export class UserError extends Error {
  override readonly name = "UserError";
}
