import type { Readable } from "node:stream";
import { Worker } from "node:worker_threads";

export interface HandlerError {
  errorType: string;
  errorMessage: string;
}

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

/** What an environment says: that it is loaded or cannot be, or its answer to an event. */
export type Said = { ready: true } | { failed: HandlerError } | { result: unknown } | { error: HandlerError };

const ENDED: HandlerError = { errorType: "Runtime.ExitError", errorMessage: "the environment ended" };
const ENTRY = new URL("./worker-entry.mjs", import.meta.url);

/**
 * A worker thread with execution environments of one function. A thread and what it loads cost a tenth of a second and 30 MB,
 * another environment in it a tenth of that: a function that is called hundreds of times at once has to fit on a small machine.
 */
export class FunctionWorker {
  readonly #worker: Worker;
  readonly #listeners = new Map<number, (said: Said) => void>();
  #opened = 0;
  #busy = 0;
  #spoiled = false;

  constructor(launch: Launch) {
    this.#worker = new Worker(ENTRY, {
      workerData: { module: launch.module, exportName: launch.exportName },
      env: { ...launch.variables },
      stdout: true,
      stderr: true,
      execArgv: [],
    });
    this.#worker.unref();
    for (const stream of [this.#worker.stdout, this.#worker.stderr]) eachLine(stream, launch.onOutput);
    this.#worker.on("message", ({ environment, ...said }: Said & { environment: number }) =>
      this.#listeners.get(environment)?.(said as Said),
    );
    this.#worker.on("error", (error) => this.#end({ errorType: error.name, errorMessage: error.message }));
    this.#worker.on("exit", () => this.#end(ENDED));
  }

  /** How many environments it has. */
  get size(): number {
    return this.#listeners.size;
  }

  /** False once it has ended or is to end: it takes no further event. */
  get usable(): boolean {
    return !this.#spoiled;
  }

  /** Begins an environment; its number. */
  open(listener: (said: Said) => void): number {
    const environment = this.#opened++;
    this.#listeners.set(environment, listener);
    this.#worker.postMessage({ environment });
    return environment;
  }

  begin(environment: number, event: unknown, context: object): void {
    this.#busy++;
    this.#worker.postMessage({ environment, event, context });
  }

  /** An event is answered, or nobody waits for its answer any more: then what still runs spoils the thread. */
  async finish({ abandoned }: { abandoned: boolean }): Promise<void> {
    this.#busy--;
    if (abandoned) this.#spoiled = true;
    if (this.#spoiled && this.#busy === 0) await this.#worker.terminate();
  }

  /** Ends an environment, and the thread with the last one. */
  async close(environment: number): Promise<void> {
    this.#listeners.delete(environment);
    if (this.#listeners.size > 0) return;
    this.#spoiled = true;
    await this.#worker.terminate();
  }

  #end(error: HandlerError): void {
    this.#spoiled = true;
    for (const listener of [...this.#listeners.values()]) listener({ failed: error });
  }
}

/** A stream comes in pieces that know nothing of lines. */
function eachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  });
  stream.on("end", () => {
    if (rest !== "") onLine(rest);
  });
}
