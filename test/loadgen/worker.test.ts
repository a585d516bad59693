import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { locateK6 } from "../../cli/k6.ts";
import { Block, failedIn, mergeBlocks } from "../../loadgen/blocks.ts";
import { Ended, type LoadOrder, Ready } from "../../loadgen/order.ts";
import { segmentsOf } from "../../loadgen/segments.ts";
import { sketchQuantile } from "../../loadgen/sketch.ts";
import type { PlannedLoad } from "../../workflows/load.ts";
import { endedKey, loadOrderKey, loadStartKey, parseBlockKey, readyKey } from "../../workflows/names.ts";
import { fakeBucket } from "./fake-bucket.ts";
import { plannedLoad } from "./planned-load.ts";

/** The worker as a process, with the real k6, against a server on loopback and a bucket that is played. */

const GAME_DAY = "test-day";

let bucket: Awaited<ReturnType<typeof fakeBucket>>;
let folder: string;
let cleanUps: (() => unknown)[];

beforeEach(async () => {
  bucket = await fakeBucket();
  folder = mkdtempSync(join(tmpdir(), "gameday-worker-"));
  cleanUps = [bucket.close, () => rmSync(folder, { recursive: true })];
});

afterEach(async () => {
  for (const cleanUp of cleanUps.reverse()) await cleanUp();
});

/** A server on loopback that counts what it is asked. */
async function target(answer: RequestListener) {
  const seen = { count: 0, bodies: [] as string[], headers: [] as (string | undefined)[] };
  const server = createServer(async (request, response) => {
    seen.count += 1;
    let body = "";
    for await (const chunk of request) body += chunk;
    seen.bodies.push(body);
    seen.headers.push(request.headers["x-test"] as string | undefined);
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUps.push(() => server.close().closeAllConnections());
  return Object.assign(seen, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
}

function putOrder(changes: Partial<PlannedLoad>) {
  const load = plannedLoad(changes);
  const order: LoadOrder = { gameDay: GAME_DAY, load, ...segmentsOf(load.shards) };
  bucket.objects.set(loadOrderKey(GAME_DAY), JSON.stringify(order));
}

/** Starts a worker; its k6 leaves its process id in a file, so that a test can see whether it is gone. */
function startWorker(changes: Record<string, string | undefined> = {}) {
  const pidFile = join(folder, `k6-${changes.SHARD ?? 0}.pid`);
  const k6 = join(folder, "k6");
  writeFileSync(k6, `#!/bin/sh\necho $$ > "$PID_FILE"\nexec "${locateK6()}" "$@"\n`.replace("$PID_FILE", pidFile), {
    mode: 0o755,
  });
  const child: ChildProcess = spawn(process.execPath, ["loadgen/worker.ts"], {
    env: {
      PATH: process.env.PATH,
      TMPDIR: process.env.TMPDIR,
      ...bucket.environment,
      GAME_DAY,
      SHARD: "0",
      K6_PATH: k6,
      ...changes,
    },
    stdio: ["pipe", "inherit", "pipe"],
  });
  let log = "";
  child.stderr!.on("data", (chunk) => (log += chunk));
  const ended = once(child, "close").then(([code]) => code as number | null);
  cleanUps.push(() => child.kill("SIGKILL"));
  return { child, ended, log: () => log, k6IsRunning: () => isRunning(Number(readFileSync(pidFile, "utf8"))) };
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function object(key: string): Promise<string> {
  while (!bucket.objects.has(key)) await sleep(20);
  return bucket.objects.get(key)!;
}

async function begin(shards = 1, inMs = 300) {
  for (let shard = 0; shard < shards; shard++) Ready.parse(JSON.parse(await object(readyKey(GAME_DAY, shard))));
  const startAt = Date.now() + inMs;
  bucket.objects.set(loadStartKey(GAME_DAY), JSON.stringify({ startAt: new Date(startAt).toISOString() }));
  return startAt;
}

const ended = (shard = 0) => Ended.parse(JSON.parse(bucket.objects.get(endedKey(GAME_DAY, shard))!));

const blocks = () =>
  [...bucket.objects]
    .filter(([key]) => parseBlockKey(key))
    .map(([, body]) => Block.parse(JSON.parse(body)))
    .sort((a, b) => a.start - b.start);

describe("a load that runs to its end", () => {
  test("every request that the server saw is in a block", async () => {
    const server = await target((_, response) => response.end("ok"));
    putOrder({
      url: server.url,
      method: "POST",
      headers: { "x-test": "1" },
      body: '{"id":"{{uuid}}","n":{{iteration}}}',
    });
    const worker = startWorker();
    const startAt = await begin();
    expect(await worker.ended, worker.log()).toBe(0);

    const merged = mergeBlocks(blocks());
    expect(merged.count).toBe(server.count);
    expect(server.count).toBeGreaterThanOrEqual(60);
    expect(server.count).toBeLessThanOrEqual(61);
    expect(failedIn(merged)).toBe(0);
    expect(sketchQuantile(merged.latency, 0.5)).toBeLessThan(100);
    expect(ended()).toMatchObject({ shard: 0, exitCode: 0, requests: server.count, dropped: 0, log: [] });
    expect(ended().firstRequestAt! - startAt).toBeGreaterThanOrEqual(0);
    expect(ended().firstRequestAt! - startAt).toBeLessThan(200);
    expect(new Set(server.headers)).toEqual(new Set(["1"]));
    const sent = server.bodies.map((body) => JSON.parse(body) as { id: string; n: number });
    expect(new Set(sent.map(({ id }) => id)).size).toBe(server.count);
    expect(sent.map(({ n }) => n).sort((a, b) => a - b)).toEqual(sent.map((_, index) => index));
  });

  test("failures are told by their kind", async () => {
    let count = 0;
    const counts = { "500": 0, "404": 0, timeout: 0, "network-1220": 0 };
    const server = await target((request, response) => {
      count += 1;
      if (count % 10 === 1) counts["500"] += Number(!!response.writeHead(500).end());
      else if (count % 10 === 2) counts["404"] += Number(!!response.writeHead(404).end());
      else if (count % 10 === 3) counts.timeout += 1;
      else if (count % 10 === 4) counts["network-1220"] += Number(!!request.socket.resetAndDestroy());
      else response.writeHead(201).end("created");
    });
    putOrder({ url: server.url, method: "POST", body: "x", expectedStatus: [200, 201] });
    const worker = startWorker();
    await begin();
    expect(await worker.ended, worker.log()).toBe(0);

    const merged = mergeBlocks(blocks());
    expect(merged.count).toBe(server.count);
    expect(merged.failed).toEqual(counts);
    expect(sketchQuantile(merged.latency, 1)).toBeGreaterThan(950);
  });

  test("connections that are refused are failures too", async () => {
    putOrder({ url: "http://127.0.0.1:9/" });
    const worker = startWorker();
    await begin();
    expect(await worker.ended, worker.log()).toBe(0);
    const merged = mergeBlocks(blocks());
    expect(merged.count).toBeGreaterThanOrEqual(60);
    expect(merged.failed).toEqual({ refused: merged.count });
  });

  test("two shards together make the load of one", async () => {
    const server = await target((_, response) => response.end());
    putOrder({ url: server.url, shards: 2, rate: 25 });
    const workers = [startWorker({ SHARD: "0" }), startWorker({ SHARD: "1" })];
    await begin(2);
    expect(await Promise.all(workers.map((worker) => worker.ended))).toEqual([0, 0]);
    expect(mergeBlocks(blocks()).count).toBe(server.count);
    expect(Math.abs(server.count - 75)).toBeLessThanOrEqual(2);
    expect(Math.abs(ended(0).requests - ended(1).requests)).toBeLessThanOrEqual(2);
  });

  test("a script that sends two requests an iteration keeps to the rate of requests", async () => {
    const server = await target((_, response) => response.end());
    putOrder({ url: server.url, script: "checkout.ts", rate: 25 });
    const worker = startWorker();
    await begin();
    expect(await worker.ended, worker.log()).toBe(0);
    expect(mergeBlocks(blocks()).count).toBe(server.count);
    expect(Math.abs(server.count - 75)).toBeLessThanOrEqual(2);
    expect(server.bodies.filter((body) => body.includes("umbrella"))).toHaveLength(server.count / 2);
  });

  test("blocks are written while it runs, and an outage of the bucket loses none", async () => {
    const server = await target((_, response) => response.end());
    putOrder({ url: server.url, durationSeconds: 9 });
    const worker = startWorker();
    const startAt = await begin();
    bucket.refusals = 5;
    while (blocks().length === 0) await sleep(50);
    expect(worker.child.exitCode).toBeNull();
    expect(await worker.ended, worker.log()).toBe(0);
    const found = blocks();
    expect(found.map(({ start }) => start)).toEqual(found.map((_, index) => found[0]!.start + index * 5));
    expect(found[0]!.start).toBe(Math.floor(startAt / 5_000) * 5);
    expect(mergeBlocks(found).count).toBe(server.count);
  });
});

describe("a worker that is told to stop", () => {
  test("by SIGTERM stops k6, hands over what there is and ends with 0", async () => {
    const server = await target((_, response) => response.end());
    putOrder({ url: server.url, durationSeconds: 60 });
    const worker = startWorker();
    await begin();
    while (server.count < 30) await sleep(20);
    worker.child.kill("SIGTERM");
    expect(await worker.ended, worker.log()).toBe(0);
    expect(worker.k6IsRunning()).toBe(false);
    expect(ended()).toMatchObject({ exitCode: 105, log: [] });
    // A request that was in flight may be missing.
    expect(server.count - mergeBlocks(blocks()).count).toBeLessThanOrEqual(1);
    expect(ended().requests).toBe(mergeBlocks(blocks()).count);
  });

  test("before the load starts by SIGINT says its last word without a block", async () => {
    putOrder({});
    const worker = startWorker();
    await object(readyKey(GAME_DAY, 0));
    worker.child.kill("SIGINT");
    expect(await worker.ended, worker.log()).toBe(0);
    expect(worker.k6IsRunning()).toBe(false);
    expect(blocks()).toEqual([]);
    expect(ended()).toMatchObject({ requests: 0 });
  });

  test("stops with its parent when that is asked", async () => {
    putOrder({});
    const worker = startWorker({ STOP_WITH_STDIN: "1" });
    await object(readyKey(GAME_DAY, 0));
    worker.child.stdin!.end();
    expect(await worker.ended, worker.log()).toBe(0);
    expect(worker.k6IsRunning()).toBe(false);
  });
});

describe("what cannot be done is said", () => {
  test.each(["GAME_DAY", "SHARD", "RESULTS_BUCKET", "AWS_REGION"])("%s is missing", async (name) => {
    const worker = startWorker({ [name]: undefined });
    expect(await worker.ended).toBe(1);
    expect(worker.log()).toContain(`Expected the environment variable ${name}; found none. Whoever starts`);
  });

  test("a script that is not there", async () => {
    putOrder({ script: "nowhere.ts" });
    const worker = startWorker();
    expect(await worker.ended).toBe(1);
    expect(worker.log()).toContain("before it was ready");
    expect(ended()).toMatchObject({ exitCode: 255, requests: 0 });
    expect(ended().log.join("\n")).toContain("nowhere.ts");
  });

  test("no order", async () => {
    const worker = startWorker();
    expect(await worker.ended).toBe(1);
    expect(worker.log()).toContain(`Expected the load's order at ${loadOrderKey(GAME_DAY)}; found none. `);
  });

  test("no k6", async () => {
    putOrder({});
    const worker = startWorker({ K6_PATH: "/nowhere/k6" });
    expect(await worker.ended).toBe(1);
    expect(worker.log()).toContain('Expected k6 at "/nowhere/k6"; found nothing there that runs. Set K6_PATH');
    expect(ended().exitCode).toBeNull();
  });
});
