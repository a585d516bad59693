import type { FunctionWorker, HandlerError, Launch, Said } from "./function-worker.ts";

export type { HandlerError, Launch } from "./function-worker.ts";

export type Answer = { result: unknown } | { error: HandlerError };

/** One execution environment: the bundle, loaded in a worker thread with variables of its own, that takes one event at a time. */
export class ExecutionEnvironment {
  readonly #worker: FunctionWorker;
  readonly #environment: number;
  readonly #timeoutMs: number;
  readonly #ready: Promise<HandlerError | undefined>;
  #loaded: (failed: HandlerError | undefined) => void = () => {};
  #answer: ((answer: Answer) => void) | undefined;
  #failed: HandlerError | undefined;
  #gone = false;

  constructor({ timeoutMs }: Pick<Launch, "timeoutMs">, worker: FunctionWorker) {
    this.#timeoutMs = timeoutMs;
    this.#worker = worker;
    this.#ready = new Promise((resolve) => {
      this.#loaded = resolve;
    });
    this.#environment = worker.open((said) => this.#hear(said));
  }

  /** False once it ended: it takes no further event. */
  get usable(): boolean {
    return !this.#gone && this.#worker.usable;
  }

  /** Waits until the bundle is loaded; the error says why it could not be. */
  ready(): Promise<HandlerError | undefined> {
    return this.#ready;
  }

  async invoke(event: unknown, requestId: string): Promise<Answer> {
    const failed = (await this.#ready) ?? this.#failed;
    if (failed) return { error: failed };
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        const seconds = (this.#timeoutMs / 1000).toFixed(2);
        const error = { errorType: "Sandbox.Timedout", errorMessage: `Task timed out after ${seconds} seconds` };
        this.#gone = true;
        this.#finish({ error }, { abandoned: true });
      }, this.#timeoutMs);
      this.#answer = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      this.#worker.begin(this.#environment, event, { awsRequestId: requestId });
    });
  }

  async stop(): Promise<void> {
    this.#gone = true;
    this.#failed ??= { errorType: "Runtime.ExitError", errorMessage: "the environment was stopped" };
    await this.#worker.close(this.#environment);
    // Nobody waits for an event that it was at until its time is up.
    this.#answer?.({ error: this.#failed });
    this.#answer = undefined;
  }

  #hear(said: Said): void {
    if ("ready" in said) this.#loaded(undefined);
    else if ("failed" in said) {
      this.#gone = true;
      this.#failed = said.failed;
      this.#loaded(said.failed);
      this.#finish({ error: said.failed }, { abandoned: false });
    } else this.#finish(said, { abandoned: false });
  }

  #finish(answer: Answer, how: { abandoned: boolean }): void {
    if (!this.#answer) return;
    this.#answer(answer);
    this.#answer = undefined;
    void this.#worker.finish(how);
  }
}
