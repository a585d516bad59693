import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { blockKey, endedKey, loadOrderKey, loadStartKey, readyKey } from "../workflows/names.ts";
import { parseRow } from "./csv.ts";
import { LoadError } from "./errors.ts";
import { Folding } from "./folding.ts";
import { type K6, K6NotReady, k6Version, startK6 } from "./k6.ts";
import { type Ended, LoadOrder, LoadStart, type Ready } from "./order.ts";
import { Outbox } from "./outbox.ts";
import type { Results } from "./results.ts";
import { SCRIPT_LOAD_VARIABLE, scriptLoad } from "./script-load.ts";

const START_POLL_MS = 250;
/** A game day that has not started its load by then is gone, and a Fargate task costs money. */
const START_WITHIN_MINUTES = 30;
const SEAL_EVERY_MS = 200;

export interface Shard {
  readonly gameDay: string;
  readonly shard: number;
  readonly k6Path: string;
  readonly results: Results;
  /** Aborted when the worker is told to stop. */
  readonly stop: AbortSignal;
  readonly report: (line: string) => void;
}

/**
 * Runs one shard of a game day's load, from its order to its last word. Returns when the results are written, however
 * k6 ended; throws when k6 could not be made ready or the results could not be written.
 */
export async function runShard(worker: Shard): Promise<void> {
  const order = await worker.results.read(loadOrderKey(worker.gameDay), LoadOrder);
  if (!order) {
    throw new LoadError(
      `the load's order at ${loadOrderKey(worker.gameDay)}`,
      "none",
      "StartLoad writes it before it starts a shard: check GAME_DAY and RESULTS_BUCKET.",
    );
  }
  const shard = new RunningShard(worker, order);
  try {
    await shard.start();
    if (await shard.begin()) await shard.collect();
  } catch (error) {
    await shard.close(error as Error);
    if (worker.stop.aborted) return;
    throw error;
  }
  await shard.close();
}

class RunningShard {
  readonly #worker: Shard;
  readonly #order: LoadOrder;
  readonly #outbox: Outbox;
  #k6: K6 | undefined;
  #folding: Folding | undefined;

  constructor(worker: Shard, order: LoadOrder) {
    this.#worker = worker;
    this.#order = order;
    this.#outbox = new Outbox(worker.results, worker.report);
  }

  /** Brings k6 to the point where it waits, and says so. */
  async start(): Promise<void> {
    const { gameDay, shard, k6Path, stop } = this.#worker;
    const { load, segments, sequence } = this.#order;
    const segment = segments[shard];
    if (!segment) {
      const expected = `SHARD below ${segments.length}, the number of segments`;
      throw new LoadError(expected, String(shard), "Whoever starts the load worker sets it.");
    }
    const version = await k6Version(k6Path);
    this.#k6 = await startK6({
      path: k6Path,
      script: fileURLToPath(new URL(`./scripts/${load.script ?? "http.ts"}`, import.meta.url)),
      variables: { [SCRIPT_LOAD_VARIABLE]: JSON.stringify(scriptLoad(load)) },
      segment,
      sequence,
      onLine: (line) => {
        const row = parseRow(line);
        if (row) this.#folding?.add(row);
      },
      stop,
    });
    const ready: Ready = { shard, readyAt: new Date().toISOString(), k6: version };
    await this.#worker.results.write(readyKey(gameDay, shard), ready);
    this.#worker.report(`ready: ${version}, segment ${segment}`);
  }

  /** Waits for the agreed moment and resumes k6; false when the worker is stopped before. */
  async begin(): Promise<boolean> {
    const { gameDay, stop, report } = this.#worker;
    const startAt = await this.#agreedStart();
    if (startAt !== undefined) await sleepUnless(this.#k6!.gone, startAt - Date.now());
    if (stop.aborted) return false;
    if (startAt === undefined || this.#k6!.gone.aborted) {
      throw new LoadError("k6 to wait until it is resumed", "it ended before", "See the lines that it logged.");
    }
    const now = Date.now();
    const { timeoutSeconds, durationSeconds } = this.#order.load;
    this.#folding = new Folding(this.#worker.shard, timeoutSeconds, startAt, now + durationSeconds * 1_000);
    await this.#k6!.resume();
    report(`load of game day ${gameDay} starts, ${now - startAt} ms after the agreed start`);
    return true;
  }

  /** Writes each block as soon as it is sealed, until k6 has ended. */
  async collect(): Promise<void> {
    // One look behind: after a stall of this process, rows that wait in the pipe are read before their block is sealed.
    let lastLook = Date.now();
    const sealing = setInterval(() => {
      this.#putInLine(this.#folding!.seal(lastLook));
      this.#outbox.send();
      lastLook = Date.now();
    }, SEAL_EVERY_MS);
    await this.#k6!.ended;
    clearInterval(sealing);
  }

  /** Ends k6 if it still runs, hands over what is left, and says the last word. */
  async close(failure?: Error): Promise<void> {
    const { gameDay, shard, stop } = this.#worker;
    await this.#k6?.stop();
    const exitCode = failure instanceof K6NotReady ? failure.exitCode : ((await this.#k6?.ended) ?? null);
    this.#putInLine(this.#folding?.sealAll(Date.now()) ?? []);
    const totals = this.#folding?.totals ?? { requests: 0, dropped: 0, late: 0 };
    const endedByItself = exitCode === 0 || stop.aborted;
    const ended: Ended = {
      shard,
      endedAt: new Date().toISOString(),
      exitCode,
      ...(totals.firstRequestAt !== undefined && { firstRequestAt: totals.firstRequestAt }),
      requests: totals.requests,
      dropped: totals.dropped,
      log: [
        ...(endedByItself && !failure ? [] : (this.#k6?.log ?? (failure instanceof K6NotReady ? failure.log : []))),
        ...(failure ? [failure.message] : []),
        ...(totals.late > 0 ? [`${totals.late} rows came after their block was sealed and are in no block`] : []),
      ],
    };
    // Its presence says that no block follows, so the blocks go first.
    await this.#outbox.empty();
    await this.#worker.results.write(endedKey(gameDay, shard), ended);
    this.#worker.report(
      `k6 ended with ${exitCode}: ${ended.requests} requests, ${ended.dropped} dropped, ${totals.late} late`,
    );
  }

  /** Unix milliseconds, or undefined when k6 is gone before, because the worker is stopped or by itself. */
  async #agreedStart(): Promise<number | undefined> {
    const { gameDay, results } = this.#worker;
    const giveUpAt = Date.now() + START_WITHIN_MINUTES * 60_000;
    do {
      const start = await results.read(loadStartKey(gameDay), LoadStart);
      if (start) return Date.parse(start.startAt);
      if (Date.now() > giveUpAt) {
        const expected = `the load's start to be agreed within ${START_WITHIN_MINUTES} minutes`;
        throw new LoadError(expected, "none", "Its game day is gone: see AwaitLoad in the execution.");
      }
    } while (await sleepUnless(this.#k6!.gone, START_POLL_MS));
    return undefined;
  }

  #putInLine(blocks: ReturnType<Folding["seal"]>): void {
    for (const block of blocks) this.#outbox.put(blockKey(this.#worker.gameDay, block.start, block.shard), block);
  }
}

/** True after the wait, false when it was cut short. */
async function sleepUnless(over: AbortSignal, ms: number): Promise<boolean> {
  try {
    await sleep(Math.max(0, ms), undefined, { signal: over });
    return true;
  } catch {
    return false;
  }
}
