import { errorSentence } from "../workflows/error-sentence.ts";

/** What ends a load worker: its message is the worker's last line, and in the last word of its shard. */
export class LoadError extends Error {
  override readonly name: string = "LoadError";

  constructor(expected: string, found: string, next: string, options?: ErrorOptions) {
    super(errorSentence(expected, found, next), options);
  }
}
