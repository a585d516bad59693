import type { Execution, ExecutionEvent } from "../stand-in/aws/step-functions/state-machine.ts";
import type { KilledAt } from "./failures.ts";
import type { Scenario } from "./scenario.ts";

/** The names of game days' executions, in the order in which they are started. */
export const gameDayName = (index: number): string => `day-${index}`;
const FIRST = gameDayName(0);
const isGameDay = (name: string) => name.startsWith("day-");

interface Witness {
  readonly executions: () => Iterable<Execution>;
  /** Something that can leave something behind happens now. */
  hit(name: string): void;
  trace(line: string): void;
  /** Starts a sweep. */
  sweep(): void;
}

/** What ends executions from outside, as the scenario says: the first game day's, and the safety net's. */
export class Interruptions {
  /** The first game day was stopped or has run out of time. */
  interrupted = false;
  /** The call at which it was stopped, if it was stopped at one. */
  killedAt: KilledAt | undefined;
  readonly #scenario: Scenario;
  readonly #witness: Witness;
  #visits = 0;
  #swept = false;
  #netStopped = false;

  constructor(scenario: Scenario, witness: Witness) {
    this.#scenario = scenario;
    this.#witness = witness;
  }

  onEvent(name: string, { type, state }: ExecutionEvent): void {
    const { crash, sweepAtRollBack, safetyNetStopped } = this.#scenario;
    if (!isGameDay(name)) {
      if (type === "ExecutionStarted" && safetyNetStopped !== undefined) this.#stopSafetyNet(name, safetyNetStopped);
      return;
    }
    if (type === "ExecutionTimeout" || type === "ExecutionTimedOut") {
      this.#witness.hit("timed out");
      this.interrupted ||= name === FIRST;
    }
    if (sweepAtRollBack && type === "TaskStateEntered" && state === "RollBack" && !this.#swept) {
      this.#swept = true;
      this.#witness.hit("sweep during a roll-back");
      setTimeout(() => this.#witness.sweep(), 1);
    }
    if (crash?.kind !== "in-state" || crash.state !== state || !type.endsWith("StateEntered")) return;
    this.#visits++;
    if (this.#visits !== crash.visit) return;
    setTimeout(() => this.stopGameDay(`stopped in ${state}`), crash.afterSeconds * 1000);
  }

  stopGameDay(name: string, at?: KilledAt): void {
    const running = this.#running(FIRST);
    if (!running) return;
    this.#witness.hit(name);
    this.#witness.trace(name);
    this.interrupted = true;
    this.killedAt = at;
    running.stop();
  }

  #stopSafetyNet(name: string, afterSeconds: number): void {
    if (this.#netStopped) return;
    this.#netStopped = true;
    setTimeout(() => {
      const net = this.#running(name);
      if (!net) return;
      this.#witness.hit("safety-net-stopped");
      this.#witness.trace("the safety net is stopped");
      net.stop();
    }, afterSeconds * 1000);
  }

  #running(name: string): Execution | undefined {
    return [...this.#witness.executions()].find((one) => one.name === name && one.status === "RUNNING");
  }
}
