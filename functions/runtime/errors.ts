import { errorSentence } from "../../workflows/error-sentence.ts";

/**
 * What can go wrong, as classes whose `name` is what Retry and Catch in the state machine match (`ErrorEquals`).
 * Every message says what was expected, what was found and what to do next.
 */
export class GameDayError extends Error {
  constructor(expected: string, found: string, next: string, options?: ErrorOptions) {
    super(errorSentence(expected, found, next), options);
    // The bundles are minified, so the class's own name would not survive: every class states it.
    this.name = "GameDayError";
  }
}

const named = <Name extends string>(name: Name) =>
  class extends GameDayError {
    override readonly name = name;
  };

/** The execution's input, the drill or a step's section of the state is not what it should be. Nothing was touched. */
export class Refused extends named("Refused") {}
/** Another game day holds the target, or it is quarantined. */
export class TargetNotFree extends named("TargetNotFree") {}
/** The game day does not hold its target any more: what it would do there is not its to do. */
export class LeaseLost extends named("LeaseLost") {}
/** Something of the game day's end is still missing, such as its report. Worth another try by the safety net. */
export class Unfinished extends named("Unfinished") {}
/** The target is not in a state to begin with. Nothing was touched. */
export class NotReady extends named("NotReady") {}
/** The load did not start, ended early or lost a shard. */
export class LoadLost extends named("LoadLost") {}
/** The stack that the game day is about did not come up. */
export class NotDeployed extends named("NotDeployed") {}
/** The baseline is not steady, so that nothing could be compared with it. */
export class NotSteady extends named("NotSteady") {}
/** A limit of the drill's guard was passed: the game day ends early, as it was told to. */
export class GuardTripped extends named("GuardTripped") {}
/** The fault cannot be shown to act. */
export class NotProven extends named("NotProven") {}
/** Somebody else changed the same thing at the same time. Worth another try. */
export class ChangedMeanwhile extends named("ChangedMeanwhile") {}
/** Something that was changed could not be put back. Worth another try, then for people. */
export class NotRestored extends named("NotRestored") {}
/** AWS was busy or unreachable. Worth another try. */
export class Transient extends named("Transient") {}
/** A variable of the function's environment is missing. */
export class Misconfigured extends named("Misconfigured") {}

interface ServiceError {
  name: string;
  message: string;
  $fault?: "client" | "server";
  $metadata?: { httpStatusCode?: number };
  $retryable?: object;
}

const BUSY =
  /Throttl|TooManyRequests|ResourceConflict|ResourceInUse|ConcurrentModification|RequestLimit|SlowDown|ProvisionedThroughputExceeded/;
const UNREACHABLE = /^(TimeoutError|ECONNRESET|ECONNREFUSED|EPIPE|ENOTFOUND|NetworkingError)$/;

/** An error of the SDK as one that the state machine can name: busy and unreachable services become {@link Transient}. */
export function nameServiceError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof GameDayError) return error;
  const { name, message, $fault, $metadata, $retryable } = error as ServiceError;
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const worthAnotherTry =
    $retryable !== undefined ||
    $fault === "server" ||
    ($metadata?.httpStatusCode ?? 0) >= 500 ||
    BUSY.test(name) ||
    UNREACHABLE.test(name) ||
    UNREACHABLE.test(code);
  return worthAnotherTry
    ? new Transient("an answer of the service", `${name}: ${message}`, "AWS was busy or unreachable.", { cause: error })
    : error;
}
