import type { Graph, Resource } from "../../templates/cfn/graph.ts";
import type { Metrics } from "../cloudwatch/metrics.ts";
import type { Answer, HandlerError } from "./execution-environment.ts";
import { THROTTLED } from "./functions.ts";

/**
 * Lambda waits one and two minutes before it calls a function again that has failed (developer guide, "Error handling for
 * asynchronous invocations"). A rehearsal is over by then, so it waits a tenth of that.
 */
const WAITS_SECONDS = [6, 12];
/** Throttled events are tried again for hours, at first after a second, then after five minutes at most; here after half of one. */
const LONGEST_BACK_OFF_SECONDS = 30;

interface RawInvokeConfig {
  readonly FunctionName: string;
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } };
}

interface Surroundings {
  readonly graph: Graph;
  readonly metrics: Metrics;
  invoke(functionArn: string, event: unknown): Promise<Answer>;
  /** Hands an event that was given up to the function's destination of failures. */
  putAside(destinationArn: string, functionArn: string, letter: unknown): void;
  /** Default: real time. */
  wait?(seconds: number): Promise<void>;
}

/** An event that was given up and has nowhere to go. */
export interface LostEvent {
  readonly functionArn: string;
  readonly reason: string;
}

/** Lambda's own queue of events for functions: takes each one at once, and calls the function until it succeeds or is given up. */
export class AsyncInvocations {
  readonly lost: LostEvent[] = [];
  readonly #surroundings: Surroundings;
  readonly #waits = new Set<NodeJS.Timeout>();
  #stopped = false;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** @param invokedArn of a version or an alias, where that was called. Default: the function's own. */
  accept(fn: Resource, event: unknown, invokedArn = fn.arn ?? ""): void {
    this.#measure(fn, "AsyncEventsReceived", 1);
    void this.#handle(fn, event, invokedArn);
  }

  /** What still waits is called no more. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#waits) clearTimeout(timer);
  }

  async #handle(fn: Resource, event: unknown, invokedArn: string): Promise<void> {
    const { invoke } = this.#surroundings;
    const config = this.#configOf(fn);
    const retries = config?.MaximumRetryAttempts ?? WAITS_SECONDS.length;
    const giveUpAt = Date.now() + (config?.MaximumEventAgeInSeconds ?? 21_600) * 1000;
    const acceptedAt = Date.now();
    for (let failures = 0, throttles = 0; !this.#stopped; ) {
      const answer = await invoke(invokedArn, event);
      this.#measure(fn, "AsyncEventAge", Date.now() - acceptedAt);
      if (!("error" in answer)) return;
      const throttled = answer === THROTTLED;
      if (!throttled && ++failures > retries) return this.#giveUp(fn, event, answer.error, config);
      const wait = throttled
        ? Math.min(2 ** throttles++, LONGEST_BACK_OFF_SECONDS)
        : (WAITS_SECONDS[failures - 1] ?? 0);
      if (Date.now() + wait * 1000 > giveUpAt) return this.#giveUp(fn, event, answer.error, config);
      await this.#wait(wait);
    }
  }

  #giveUp(fn: Resource, event: unknown, error: HandlerError, config: RawInvokeConfig | undefined): void {
    const { putAside } = this.#surroundings;
    const functionArn = fn.arn ?? "";
    const onFailure = config?.DestinationConfig?.OnFailure?.Destination;
    const deadLetters = (fn.properties.DeadLetterConfig as { TargetArn?: string } | undefined)?.TargetArn;
    // A destination gets a record of what happened; a dead-letter queue the event alone.
    const letters = [
      ...(onFailure ? [[onFailure, { requestPayload: event, responsePayload: error }] as const] : []),
      ...(deadLetters ? [[deadLetters, event] as const] : []),
    ];
    this.#measure(fn, "AsyncEventsDropped", 1);
    const lose = (reason: string) => this.lost.push({ functionArn, reason });
    if (letters.length === 0) lose(`${error.errorType}: ${error.errorMessage}`);
    try {
      for (const [destinationArn, letter] of letters) putAside(destinationArn, functionArn, letter);
    } catch (refusal) {
      this.#measure(fn, "DestinationDeliveryFailures", 1);
      lose((refusal as Error).message);
    }
  }

  #configOf({ name, arn }: Resource): RawInvokeConfig | undefined {
    return this.#surroundings.graph
      .ofType("AWS::Lambda::EventInvokeConfig")
      .map(({ properties }) => properties as unknown as RawInvokeConfig)
      .find(({ FunctionName }) => FunctionName === name || FunctionName === arn);
  }

  #wait(seconds: number): Promise<void> {
    if (this.#surroundings.wait) return this.#surroundings.wait(seconds);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waits.delete(timer);
        resolve();
      }, seconds * 1000).unref();
      this.#waits.add(timer);
    });
  }

  #measure({ name }: Resource, metric: string, value: number): void {
    this.#surroundings.metrics.add("AWS/Lambda", metric, { FunctionName: name }, value);
  }
}
