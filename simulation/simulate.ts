import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Outcome } from "./outcome.ts";
import { MOST_CALLS } from "./scenario.ts";
import type { Answer, Order } from "./worker.ts";

export interface Simulated {
  readonly runs: number;
  /** Histories in which something was not as it has to be. */
  readonly violations: number;
  readonly failingSeeds: readonly number[];
  readonly runsPerSecond: number;
  /** How many histories each of these happened in; those at 0 did not happen. */
  readonly crashPoints: Readonly<Record<string, number>>;
  /** Game days are stopped before and after each of their calls: how many calls, and which were missed. */
  readonly killedAtCalls: { readonly calls: number; readonly missed: readonly string[] };
  /** From the end of a stopped game day to the moment at which nothing of it was left, where it left something. */
  readonly restoreSeconds: { readonly median: number; readonly worst: number };
  readonly verdicts: Readonly<Record<string, number>>;
}

interface Options {
  readonly runs: number;
  readonly seed: number;
  /** Hears how far it is, and of every history that went wrong. */
  onProgress(done: number, violating: Outcome | undefined): void;
}

const WORKER = fileURLToPath(new URL("./worker.ts", import.meta.url));
/** Most of what a history makes is thrown away at once: room for it saves a tenth of the time. */
const MEMORY = ["--max-semi-space-size=64"];
/** Histories that a worker plays before it says what came of them. */
const AT_ONCE = 25;
/** Every run has a seed of its own: runs of seed 1 and 2 share none up to this many. */
export const SEEDS_APART = 1_000_000;
export const seedOf = (seed: number, run: number): number => seed * SEEDS_APART + run;

/** Plays so many histories, on all cores. */
export async function simulate({ runs, seed, onProgress }: Options): Promise<Simulated> {
  const began = performance.now();
  const outcomes: Outcome[] = [];
  let crashPoints: readonly string[] = [];
  let next = 0;
  const seeds = (): number[] => {
    const count = Math.min(AT_ONCE, runs - next);
    next += count;
    return Array.from({ length: count }, (_, index) => seedOf(seed, next - count + index));
  };
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = fork(WORKER, { stdio: ["ignore", "inherit", "inherit", "ipc"], execArgv: MEMORY });
      worker.once("error", reject);
      worker.once("exit", (code) => (code ? reject(new Error(`a worker ended with exit code ${code}`)) : resolve()));
      worker.on("message", (answer: Answer) => {
        if ("ready" in answer) crashPoints = answer.ready;
        for (const outcome of "ready" in answer ? [] : answer.outcomes) {
          outcomes.push(outcome);
          onProgress(outcomes.length, outcome.violations.length > 0 ? outcome : undefined);
        }
        const order = seeds();
        if (order.length === 0) worker.disconnect();
        else worker.send({ seeds: order } satisfies Order);
      });
    });
  const workers = Math.min(availableParallelism(), Math.ceil(runs / AT_ONCE));
  await Promise.all(Array.from({ length: workers }, work));
  return summarise(outcomes, crashPoints, (performance.now() - began) / 1000);
}

function summarise(outcomes: readonly Outcome[], crashPoints: readonly string[], seconds: number): Simulated {
  const failing = outcomes.filter(({ violations }) => violations.length > 0);
  const restored = outcomes.flatMap(({ restoreSeconds }) => restoreSeconds ?? []).sort((a, b) => a - b);
  return {
    runs: outcomes.length,
    violations: failing.length,
    failingSeeds: failing.map(({ seed }) => seed).sort((a, b) => a - b),
    runsPerSecond: Number((outcomes.length / seconds).toFixed(1)),
    crashPoints: count(
      outcomes.flatMap((outcome) => Object.keys(outcome.crashPoints)),
      crashPoints,
    ),
    killedAtCalls: { calls: MOST_CALLS, missed: missedCalls(outcomes) },
    restoreSeconds: {
      median: Math.round(restored[Math.floor(restored.length / 2)] ?? 0),
      worst: Math.round(restored.at(-1) ?? 0),
    },
    verdicts: count(outcomes.map(({ verdict }) => verdict ?? "refused")),
  };
}

function missedCalls(outcomes: readonly Outcome[]): string[] {
  const met = new Set(outcomes.map(({ killedAt }) => `${killedAt?.side} ${killedAt?.index}`));
  return Array.from({ length: MOST_CALLS }, (_, index) => [`before ${index}`, `after ${index}`])
    .flat()
    .filter((call) => !met.has(call));
}

function count(names: readonly string[], expected: readonly string[] = []): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(expected.map((name) => [name, 0]));
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
