import { randomUUID } from "node:crypto";
import { type Answer, ExecutionEnvironment, type HandlerError, type Launch } from "./execution-environment.ts";

/**
 * Environments that may load at the same time. A real Lambda starts as many as there are requests waiting, each on a
 * machine of its own; here they share two cores, so the others wait for those.
 */
const LOADING_AT_ONCE = 2;
/** Environments that a new configuration has before it takes over, so that the change itself costs no requests. */
const WARM = 2;
const MOST_ENVIRONMENTS = 40;

/** Serves the events of one function with as many execution environments as are in use at once. */
export class FunctionHost {
  #generation: Generation;

  constructor(launch: Launch) {
    this.#generation = new Generation(launch);
  }

  invoke(event: unknown): Promise<Answer> {
    return this.#generation.invoke(event);
  }

  /** Loads the first environments; the error says why a bundle cannot be loaded. */
  warmUp(): Promise<HandlerError | undefined> {
    return this.#generation.warmUp(WARM);
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
    const loaded = await Promise.all(Array.from({ length: count }, () => this.#load()));
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
      this.#all.delete(idle);
    }
    if (this.#mayLoad()) void this.#load();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async #load(): Promise<HandlerError | undefined> {
    this.#loading++;
    const environment = new ExecutionEnvironment(this.#launch);
    this.#all.add(environment);
    const failed = await environment.ready();
    this.#loading--;
    // One that could not be loaded is handed out too: its error is the answer.
    this.#offer(environment);
    return failed;
  }

  #giveBack(environment: ExecutionEnvironment): void {
    if (this.#retired && this.#busy === 0) void this.stop();
    if (environment.usable) this.#offer(environment);
    else {
      this.#all.delete(environment);
      if (this.#waiting.length > 0 && !this.#stopped) void this.#load();
    }
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
