import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import FakeTimers from "@sinonjs/fake-timers";
import { type Random, randomOf } from "./random.ts";

/** Taken before anything is replaced: it lets everything that waits for no timer run. */
const realImmediate = setImmediate;

export interface VirtualTime {
  /** Milliseconds since the history began. */
  elapsed(): number;
  /** Runs until `done`, jumping from timer to timer. Throws when nothing is left to wait for, or at the limit. */
  run(done: () => boolean, limitMs: number): Promise<void>;
}

export class Stuck extends Error {
  override readonly name = "Stuck";
}

/** When every simulated history begins. */
export const BEGINNING = Date.parse("2026-11-21T09:00:00Z");

/**
 * Runs `history` with a clock of its own, in which waiting takes no time, and with random numbers and ids from the seed:
 * the same seed gives the same history. Nothing in it may read a file or a socket, since that takes real time.
 */
export async function inVirtualTime<T>(seed: number, history: (time: VirtualTime) => Promise<T>): Promise<T> {
  const { random } = Math;
  const { randomUUID } = crypto;
  const clock = FakeTimers.install({
    now: BEGINNING,
    loopLimit: 1e7,
    toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date", "performance", "hrtime"],
  });
  const jitter = randomOf(seed, "jitter");
  Math.random = () => jitter.next();
  crypto.randomUUID = ids(randomOf(seed, "ids"));
  syncBuiltinESMExports();
  const drain = () => new Promise<void>((done) => realImmediate(done));
  try {
    return await history({
      elapsed: () => clock.now - BEGINNING,
      async run(done, limitMs) {
        await drain();
        while (!done()) {
          if (clock.countTimers() === 0) throw new Stuck("nothing is left to wait for, and it is not over");
          if (clock.now - BEGINNING > limitMs) throw new Stuck(`it is not over after ${limitMs / 60_000} minutes`);
          clock.next();
          await drain();
        }
      },
    });
  } finally {
    clock.uninstall();
    Math.random = random;
    crypto.randomUUID = randomUUID;
    syncBuiltinESMExports();
  }
}

function ids(random: Random): typeof crypto.randomUUID {
  const hex = (digits: number) => Array.from({ length: digits }, () => random.integer(0, 15).toString(16)).join("");
  return () => `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`;
}
