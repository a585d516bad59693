import type { Block } from "../loadgen/blocks.ts";
import { BLOCK_SECONDS } from "../loadgen/blocks.ts";
import { type Ended, LoadOrder, type LoadStart, type Ready } from "../loadgen/order.ts";
import { addToSketch, type Sketch } from "../loadgen/sketch.ts";
import type { Container } from "../stand-in/aws/ecs/operations.ts";
import type { TaskProcess } from "../stand-in/aws/ecs/task-process.ts";
import type { Effect, Injection } from "../stand-in/aws/fis/extension.ts";
import type { FunctionRecord } from "../stand-in/aws/lambda/operations.ts";
import type { Buckets } from "../stand-in/aws/s3/operations.ts";
import { blockKey, endedKey, loadOrderKey, loadStartKey, readyKey } from "../workflows/names.ts";
import { type Random, randomOf } from "./random.ts";

/** What serves right now: the function behind the API, as far as its configuration is in effect, and the table behind that. */
export interface Serving {
  readonly record: FunctionRecord;
  variables(): Readonly<Record<string, string>>;
  /** What experiments do to invocations right now. */
  injections(): readonly Injection[];
  /** Requests a second that the table takes; undefined when it takes all. */
  mostWrites(): number | undefined;
}

interface Surroundings {
  readonly buckets: Buckets;
  readonly serving: Serving;
  readonly random: Random;
  /** Hears of each block as it is written. */
  onBlock(block: Block): void;
}

const MEDIAN_MS = 40;
const SPREAD = 0.4;
/** How long a worker goes on looking for the start, and takes to write its last blocks. */
const LONGEST_PAUSE_MS = 15 * 60_000;
const SEALING_MS = 2000;
const SEAL_MS = 500;

/**
 * A load task without k6: ready after a while, then blocks of 5 s whose latencies follow from what the target serves. It
 * ends when it is told to, when its time is over, or when nobody lets it begin.
 */
export function synthesiseTask({ variables }: Container, surroundings: Surroundings): TaskProcess {
  const { buckets, serving, random, onBlock } = surroundings;
  const { GAME_DAY: gameDay = "", SHARD = "0", RESULTS_BUCKET: bucket = "" } = variables;
  const shard = Number(SHARD);
  const put = (key: string, value: unknown) => buckets.put(bucket, key, Buffer.from(JSON.stringify(value)));
  const read = (key: string): unknown =>
    buckets.has(bucket, key) ? JSON.parse(buckets.get(bucket, key).toString()) : undefined;
  let exitCode: number | undefined;
  let requests = 0;
  let timer: NodeJS.Timeout;
  const born = Date.now();

  const end = (code: number) => {
    if (exitCode !== undefined) return;
    exitCode = code;
    clearTimeout(timer);
    const ended: Ended = { shard, endedAt: iso(), exitCode: code, requests, dropped: 0, log: [] };
    if (requests > 0) ended.firstRequestAt = born;
    put(endedKey(gameDay, shard), ended);
  };
  const pause = () => {
    const agreed = read(loadStartKey(gameDay)) as LoadStart | undefined;
    if (agreed) begin(load(), Date.parse(agreed.startAt));
    else if (Date.now() - born > LONGEST_PAUSE_MS) end(1);
    else timer = setTimeout(pause, 1000);
  };
  const load = () => LoadOrder.parse(read(loadOrderKey(gameDay))).load;
  const begin = (order: LoadOrder["load"], startAt: number) => {
    const last = startAt + order.durationSeconds * 1000;
    const fire = (start: number) => {
      if (Date.now() > last) return end(0);
      const block = makeBlock(shard, start, order.rate * BLOCK_SECONDS, serving, random);
      requests += block.count;
      put(blockKey(gameDay, start, shard), block);
      onBlock(block);
      timer = next(start + BLOCK_SECONDS);
    };
    // A block is written when its five seconds are over.
    const next = (start: number) =>
      setTimeout(() => fire(start), (start + BLOCK_SECONDS) * 1000 + SEAL_MS - Date.now());
    timer = next(Math.ceil(startAt / 1000 / BLOCK_SECONDS) * BLOCK_SECONDS);
  };
  timer = setTimeout(() => {
    put(readyKey(gameDay, shard), { shard, readyAt: iso(), k6: "none" } satisfies Ready);
    pause();
  }, random.between(2, 20) * 1000);
  return {
    pid: undefined,
    get running() {
      return exitCode === undefined;
    },
    get exitCode() {
      return exitCode;
    },
    stop: () =>
      new Promise((resolve) => {
        setTimeout(() => {
          end(0);
          resolve();
        }, SEALING_MS);
      }),
  };
}

const iso = () => new Date().toISOString();

/** The requests of five seconds. */
function makeBlock(shard: number, start: number, count: number, serving: Serving, random: Random): Block {
  const variables = serving.variables();
  const injections = serving.injections();
  const slower = numberIn(variables.INJECT_LATENCY);
  const refused = refusedShare(serving.record, (count / BLOCK_SECONDS) * ((MEDIAN_MS + slower) / 1000));
  const unwritten = Math.max(0, 1 - ((serving.mostWrites() ?? count) * BLOCK_SECONDS) / count);
  const own = [numberIn(variables.FAILURE_RATE), unwritten];
  const failing = Math.max(refused, ...own, ...injections.map(({ share, effect }) => (hurts(effect) ? share : 0)));
  const failed = failing === 0 ? 0 : Math.round(count * Math.min(1, failing));
  const delays = injections.flatMap(({ share, effect }) => (effect.kind === "delay" ? [{ share, ms: effect.ms }] : []));
  return {
    shard,
    start,
    count,
    failed: failed === 0 ? {} : { [refused > 0 ? "503" : "500"]: failed },
    dropped: 0,
    latency: random.pick(sketches(count, slower, delays)),
    sealedAt: Date.now(),
  };
}

function numberIn(variable: string | undefined): number {
  const number = Number(variable ?? "0");
  return Number.isFinite(number) ? number : 0;
}

/** What goes beyond the function's reservation, of so many invocations at a time on average. */
const refusedShare = ({ reservedConcurrency: reserved }: FunctionRecord, atOnce: number): number =>
  reserved === undefined ? 0 : Math.max(0, 1 - reserved / atOnce);

interface Delay {
  readonly share: number;
  readonly ms: number;
}

/** Whether k6 counts the answer as failed. */
const hurts = (effect: Effect) => effect.kind === "error" || (effect.kind === "response" && effect.statusCode !== 200);

const DRAWN = new Map<string, readonly Sketch[]>();

/** Some stretches of so many requests each, drawn once: a history picks from them. */
function sketches(count: number, slowerMs: number, delays: readonly Delay[]): readonly Sketch[] {
  const key = `${count}/${slowerMs}${delays.map(({ share, ms }) => `/${share} ${ms}`).join("")}`;
  const known = DRAWN.get(key);
  if (known) return known;
  const random = randomOf(0, key);
  const gauss = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const drawn = Array.from({ length: 48 }, () => {
    const sketch: Sketch = {};
    for (let request = 0; request < count; request++) {
      const injected = delays.reduce((sum, { share, ms }) => sum + (random.chance(share) ? ms : 0), 0);
      addToSketch(sketch, MEDIAN_MS * Math.exp(SPREAD * gauss()) + slowerMs + injected);
    }
    return sketch;
  });
  DRAWN.set(key, drawn);
  return drawn;
}
