import { randomUUID } from "node:crypto";
import { type Answer, ExecutionEnvironment, type HandlerError, type Launch } from "./execution-environment.ts";
import { FunctionWorker } from "./function-worker.ts";

/**
 * Environments that may load at the same time. A real Lambda starts as many as there are requests waiting, each on a
 * machine of its own; here they share two cores, so the others wait for those.
 */
export const LOADING_AT_ONCE = 2;
/** Environments that a new configuration has before it takes over, so that the change itself costs no requests. */
const WARM = 2;
/** Threads that a function's environments share. */
const MOST_WORKERS = 8;
/** What an account's functions may run at once unless its quota is raised. */
const MOST_ENVIRONMENTS = 1000;

/** Serves the events of one function with as many execution environments as are in use at once. */
export class FunctionHost {
  #generation: Generation;

  constructor(launch: Launch) {
    this.#generation = new Generation(launch);
  }

  invoke(event: unknown): Promise<Answer> {
    return this.#generation.invoke(event);
  }

  /** Loads environments until there are so many; the error says why a bundle cannot be loaded. */
  warmUp(count = WARM): Promise<HandlerError | undefined> {
    return this.#generation.warmUp(count);
  }

  /** Takes up a new configuration: the old one goes on serving until the new one is loaded. */
  async replace(launch: Launch): Promise<void> {
    const next = new Generation(launch);
    await next.warmUp(WARM);
    const old = this.#generation;
    this.#generation = next;
    void old.retire();
  }

  stop(): Promise<void> {
    return this.#generation.stop();
  }
}

/** The execution environments of one version of a function's configuration. */
class Generation {
  readonly #launch: Launch;
  readonly #all = new Set<ExecutionEnvironment>();
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #waiting: ((environment: ExecutionEnvironment) => void)[] = [];
  #workers: FunctionWorker[] = [];
  #loading = 0;
  #busy = 0;
  #retired = false;
  #stopped = false;

  constructor(launch: Launch) {
    this.#launch = launch;
  }

  async invoke(event: unknown): Promise<Answer> {
    this.#busy++;
    const environment = await this.#take();
    try {
      return await environment.invoke(event, randomUUID());
    } finally {
      this.#busy--;
      this.#giveBack(environment);
    }
  }

  async warmUp(count: number): Promise<HandlerError | undefined> {
    const missing = Math.max(0, count - this.#all.size);
    const loaded = await Promise.all(Array.from({ length: missing }, () => this.#load()));
    return loaded.find((failed) => failed !== undefined);
  }

  /** Ends when its last event is answered. */
  async retire(): Promise<void> {
    this.#retired = true;
    if (this.#busy === 0) await this.stop();
  }

  async stop(): Promise<void> {
    // Whoever still waits gets no environment any more: one that begins now nobody would stop.
    this.#stopped = true;
    await Promise.all([...this.#all].map((environment) => environment.stop()));
  }

  #take(): Promise<ExecutionEnvironment> {
    // One that has ended since its last event takes no other.
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (idle.usable) return Promise.resolve(idle);
      this.#drop(idle);
    }
    if (this.#mayLoad()) void this.#load();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async #load(): Promise<HandlerError | undefined> {
    this.#loading++;
    const environment = new ExecutionEnvironment(this.#launch, this.#worker());
    this.#all.add(environment);
    const failed = await environment.ready();
    this.#loading--;
    // One that could not be loaded is handed out too: its error is the answer.
    this.#offer(environment);
    return failed;
  }

  /** A new thread, or the one with the fewest environments. */
  #worker(): FunctionWorker {
    this.#workers = this.#workers.filter(({ usable }) => usable);
    if (this.#workers.length < MOST_WORKERS) {
      const worker = new FunctionWorker(this.#launch);
      this.#workers.push(worker);
      return worker;
    }
    return this.#workers.reduce((least, worker) => (worker.size < least.size ? worker : least));
  }

  #giveBack(environment: ExecutionEnvironment): void {
    if (this.#retired && this.#busy === 0) void this.stop();
    if (environment.usable) this.#offer(environment);
    else {
      this.#drop(environment);
      if (this.#waiting.length > 0 && !this.#stopped) void this.#load();
    }
  }

  #drop(environment: ExecutionEnvironment): void {
    this.#all.delete(environment);
    // In a thread that others are still at work in, it would be kept.
    void environment.stop();
  }

  #offer(environment: ExecutionEnvironment): void {
    const next = this.#waiting.shift();
    if (next) next(environment);
    else this.#idle.push(environment);
    if (this.#waiting.length > 0 && this.#mayLoad()) void this.#load();
  }

  #mayLoad(): boolean {
    return !this.#stopped && this.#loading < LOADING_AT_ONCE && this.#all.size < MOST_ENVIRONMENTS;
  }
}
