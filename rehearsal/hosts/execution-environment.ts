import { Worker } from "node:worker_threads";

export interface HandlerError {
  errorType: string;
  errorMessage: string;
}

export type Answer = { result: unknown } | { error: HandlerError };

/** What a worker is started with: the same for every environment of one version of a function's configuration. */
export interface Launch {
  /** file: URL of the bundle. */
  readonly module: string;
  readonly exportName: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Lines that the function writes. */
  readonly onOutput: (line: string) => void;
}

const ENDED: HandlerError = { errorType: "Runtime.ExitError", errorMessage: "the environment ended" };
const ENTRY = new URL("./worker-entry.mjs", import.meta.url);

/** One execution environment: a worker thread with an environment of its own that takes one event at a time. */
export class ExecutionEnvironment {
  readonly #worker: Worker;
  readonly #launch: Launch;
  readonly #ready: Promise<HandlerError | undefined>;
  #answer: ((answer: Answer) => void) | undefined;
  #gone = false;

  constructor(launch: Launch) {
    this.#launch = launch;
    this.#worker = new Worker(ENTRY, {
      workerData: { module: launch.module, exportName: launch.exportName },
      env: { ...launch.variables },
      stdout: true,
      stderr: true,
      execArgv: [],
    });
    this.#worker.unref();
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => launch.onOutput(text.trimEnd()));
    }
    this.#ready = new Promise((resolve) => {
      this.#worker.on(
        "message",
        (message: { ready?: true; failed?: HandlerError } & Partial<{ result: unknown; error: HandlerError }>) => {
          if (message.ready) resolve(undefined);
          else if (message.failed) this.#end(message.failed, resolve);
          else this.#finish(message.error ? { error: message.error } : { result: message.result });
        },
      );
      this.#worker.on("error", (error) => this.#end({ errorType: error.name, errorMessage: error.message }, resolve));
      this.#worker.on("exit", () => this.#end(ENDED, resolve));
    });
  }

  /** False once it ended: it takes no further event. */
  get usable(): boolean {
    return !this.#gone;
  }

  /** Waits until the bundle is loaded; the error says why it could not be. */
  ready(): Promise<HandlerError | undefined> {
    return this.#ready;
  }

  async invoke(event: unknown, requestId: string): Promise<Answer> {
    const failed = await this.#ready;
    if (failed || this.#gone) return { error: failed ?? ENDED };
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        const seconds = (this.#launch.timeoutMs / 1000).toFixed(2);
        this.#finish({
          error: { errorType: "Sandbox.Timedout", errorMessage: `Task timed out after ${seconds} seconds` },
        });
        void this.stop();
      }, this.#launch.timeoutMs);
      this.#answer = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      this.#worker.postMessage({ event, context: { awsRequestId: requestId } });
    });
  }

  async stop(): Promise<void> {
    this.#gone = true;
    await this.#worker.terminate();
  }

  #end(error: HandlerError, resolve: (failed: HandlerError) => void): void {
    this.#gone = true;
    resolve(error);
    this.#finish({ error });
  }

  #finish(answer: Answer): void {
    this.#answer?.(answer);
    this.#answer = undefined;
  }
}
