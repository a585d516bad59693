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

/** A mistake of whoever called: shown as it is, without a stack. */
export class UserError extends Error {
  override readonly name = "UserError";
}
