import { setTimeout as sleep } from "node:timers/promises";
import { LoadError } from "./errors.ts";
import type { Results } from "./results.ts";

/** Seconds between the last attempts, when k6 has ended and there is nothing else to do. */
const LAST_WAITS = [0, 1, 3, 6];

/**
 * Objects on their way to the results bucket. What could not be written stays and is tried again, so that an outage of
 * S3 shorter than the load costs nothing.
 */
export class Outbox {
  readonly #results: Results;
  readonly #report: (line: string) => void;
  readonly #waiting = new Map<string, unknown>();
  #sending: Promise<void> | undefined;

  constructor(results: Results, report: (line: string) => void) {
    this.#results = results;
    this.#report = report;
  }

  /** Puts the object in line. */
  put(key: string, value: unknown): void {
    this.#waiting.set(key, value);
  }

  /** Starts to send what is in line, unless that is going on; never throws. */
  send(): void {
    void this.#send();
  }

  /** Returns when everything is written; throws when it cannot be. */
  async empty(waits: readonly number[] = LAST_WAITS): Promise<void> {
    for (const seconds of waits) {
      await sleep(seconds * 1_000);
      await this.#send();
      // A second pass for what was put in line while the first was on its way.
      await this.#send();
      if (this.#waiting.size === 0) return;
    }
    const left = `${this.#waiting.size} that could not be: ${[...this.#waiting.keys()]}`;
    throw new LoadError("all results to be written", left, "See above what the bucket answered.");
  }

  #send(): Promise<void> {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #sendAll(): Promise<void> {
    for (const [key, value] of this.#waiting) {
      try {
        await this.#results.write(key, value);
        this.#waiting.delete(key);
      } catch (error) {
        this.#report(`could not write ${key} yet: ${(error as Error).message}`);
        return;
      }
    }
  }
}
