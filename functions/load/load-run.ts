import type { Task } from "@aws-sdk/client-ecs";
import type * as z from "zod";
import { Ended, type LoadOrder, LoadStart, Ready } from "../../loadgen/order.ts";
import { segmentsOf } from "../../loadgen/segments.ts";
import type { PlannedLoad } from "../../workflows/load.ts";
import { endedKey, loadOrderKey, loadStartKey, readyKey, surgeLoad } from "../../workflows/names.ts";
import type { Plan, PlannedFault } from "../../workflows/state.ts";
import type { Entry } from "../journal/entry.ts";
import type { Runtime } from "../runtime/step.ts";
import { describeTasks, isRunning, listTasks, startTask, stopByHand, stopTask } from "./tasks.ts";

/** Every shard looks for the start four times a second, so this is enough for all to see it before the moment. */
const START_AHEAD_MS = 1500;

type Outside = Pick<Runtime, "clients" | "configuration" | "results">;

/** A load's tasks in the journal. */
interface TaskRecord {
  readonly entry?: Pick<Entry, "made"> | undefined;
  readonly writeDown: (arns: readonly string[]) => Promise<void>;
}

/** A load of N shards from its order to its end, each shard a Fargate task: the game day's, or a surge's beside it. */
export class LoadRun {
  readonly #id: string;
  readonly #load: PlannedLoad;
  readonly #outside: Outside;

  private constructor(id: string, load: PlannedLoad, outside: Outside) {
    this.#id = id;
    this.#load = load;
    this.#outside = outside;
  }

  static ofGameDay({ id, load }: Pick<Plan, "id" | "load">, outside: Outside): LoadRun {
    return new LoadRun(id, load, outside);
  }

  static ofSurge({ id }: Pick<Plan, "id">, { index }: PlannedFault, load: PlannedLoad, outside: Outside): LoadRun {
    return new LoadRun(surgeLoad(id, index), load, outside);
  }

  /** What its workers take for the game day's id. */
  get id(): string {
    return this.#id;
  }

  get shards(): number {
    return this.#load.shards;
  }

  /** Writes the order and starts a task a shard, each written down before the next one is asked for. */
  async start({ entry, writeDown }: TaskRecord, fence: () => Promise<void>): Promise<void> {
    const order: LoadOrder = { gameDay: this.#id, load: this.#load, ...segmentsOf(this.shards) };
    await this.#outside.results.putJson(loadOrderKey(this.#id), order);
    const made = new Set(entry?.made);
    for (let shard = 0; shard < this.shards; shard++) {
      await fence();
      await writeDown([...made.add(await startTask(this.#id, shard, this.#outside))]);
    }
  }

  /** How many shards have k6 up, paused. */
  async ready(): Promise<number> {
    return (await this.#written(readyKey, Ready)).length;
  }

  /** The moment at which all shards begin, if it is agreed. */
  async startAt(): Promise<Date | undefined> {
    const start = await this.#outside.results.getJson(loadStartKey(this.#id), LoadStart);
    return start && new Date(start.startAt);
  }

  /** Agrees on that moment. Only once: ask for {@link LoadRun.startAt} first. */
  async begin(now: Date): Promise<Date> {
    const startAt = new Date(now.getTime() + START_AHEAD_MS);
    await this.#outside.results.putJson(loadStartKey(this.#id), { startAt: startAt.toISOString() } satisfies LoadStart);
    return startAt;
  }

  /** The last words of the shards that have ended. */
  ended(): Promise<Ended[]> {
    return this.#written(endedKey, Ended);
  }

  /** Its tasks, once all of them are in the journal. */
  tasks({ made }: Pick<Entry, "made">): Promise<readonly Task[]> {
    return describeTasks(made, this.#outside);
  }

  /**
   * The tasks that run: those in the journal, and those that only their mark tells whose they are, since an attempt may have
   * ended between starting one and writing it down.
   */
  async running(entry: TaskRecord["entry"]): Promise<readonly Task[]> {
    const listed = await listTasks(this.#id, this.#outside);
    const all = new Set([...(entry?.made ?? []), ...listed]);
    return (await describeTasks([...all], this.#outside)).filter(isRunning);
  }

  /** Asks all that run to stop, and returns them: none when the load has ended. */
  async stop({ entry, writeDown }: TaskRecord, reason: string): Promise<readonly Task[]> {
    const running = await this.running(entry);
    const known = entry?.made ?? [];
    const made = new Set([...known, ...running.map(({ taskArn = "" }) => taskArn)]);
    // What is to stop is not listed any more: whether it has can only be asked by its ARN.
    if (made.size > known.length) await writeDown([...made]);
    await Promise.all(running.map((task) => stopTask(task, reason, this.#outside)));
    return running;
  }

  byHand(): string[] {
    return stopByHand(this.#id, this.#outside);
  }

  /** What shards have written, of those that have. */
  async #written<T>(keyOf: (load: string, shard: number) => string, schema: z.ZodType<T>): Promise<T[]> {
    const shards = Array.from({ length: this.shards }, (_, shard) => keyOf(this.#id, shard));
    const found = await Promise.all(shards.map((key) => this.#outside.results.getJson(key, schema)));
    return found.filter((one) => one !== undefined);
  }
}
