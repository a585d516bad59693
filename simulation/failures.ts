import type { Post } from "../stand-in/aws/eventbridge/bus.ts";
import type { Call, Interference } from "../stand-in/aws/operation.ts";
import { ServiceError } from "../stand-in/aws/operation.ts";
import type { StepCaller } from "../stand-in/gameday/step-caller.ts";
import { type Random, randomOf } from "./random.ts";
import type { CallMishap, Crash, Scenario } from "./scenario.ts";

interface Witness {
  /** Something that goes wrong happens now. */
  hit(name: string): void;
  trace(line: string): void;
  /** Seconds since the history began. */
  seconds(): number;
  stopGameDay(name: string, at?: KilledAt): void;
  /** Somebody edits by hand what the operation is about, now. */
  overtake(operation: string): void;
}

/** A call at which the game day was stopped. */
export interface KilledAt {
  readonly index: number;
  readonly side: "before" | "after";
}

type CrashAtCall = Extract<Crash, { side: string }>;

/** Names of the errors by which Step Functions hears of a Lambda service that did not answer. */
class NoAnswer extends Error {
  override readonly name = "Lambda.SdkClientException";
}

const LONGEST_FUNCTION_SECONDS = 119;
/** Longer than an update takes. */
const OVERTAKING_SECONDS = 3;

const later = (seconds: number) => new Promise<void>((done) => setTimeout(done, seconds * 1000));

/** What goes wrong between those who call and those who are called, as the scenario says. */
export class Mishaps {
  /** Calls, tasks and events that are under way and may still have an effect. */
  underWay = 0;
  #calls = 0;
  #changes = 0;
  #tasks = 0;
  #events = 0;
  #killed = false;
  readonly #scenario: Scenario;
  readonly #witness: Witness;
  readonly #random: Random;

  constructor(scenario: Scenario, witness: Witness) {
    this.#scenario = scenario;
    this.#witness = witness;
    this.#random = randomOf(scenario.seed, "mishaps");
  }

  /** Between a step and a service. */
  readonly interfere: Interference = async (call, make) => {
    const index = this.#calls++;
    const { crash, calls, changes } = this.#scenario;
    const { step, state } = call.invocation;
    const name = `${step}.${call.operation}`;
    await later(this.#random.between(0.004, 0.05));
    if (call.invocation.over) return new Promise(() => {});
    const changeIndex = call.mutates ? this.#changes++ : undefined;
    const kill = this.#isKilledAt(crash, state, index, changeIndex) ? crash : undefined;
    const killed = kill?.side;
    const stop = (side: KilledAt["side"]) =>
      this.#witness.stopGameDay(`stopped ${side} a call of ${state}`, { index, side });
    if (killed === "before") stop("before");
    const straggling = kill?.kind === "at-call" && kill.straggles ? "too-late" : undefined;
    const change = changeIndex === undefined ? undefined : changes.get(changeIndex);
    const mishap = this.#denied(call) ?? straggling ?? change ?? calls.get(index) ?? this.#burst();
    this.#witness.trace(`  ${index} ${name}${mishap ? ` (${mishap})` : ""}${killed ? ` (stopped ${killed} it)` : ""}`);
    if (mishap) this.#witness.hit(mishap);
    try {
      return await this.#suffer(mishap, call, make);
    } finally {
      if (killed === "after") stop("after");
    }
  };

  #isKilledAt(
    crash: Crash | undefined,
    state: string,
    index: number,
    change: number | undefined,
  ): crash is CrashAtCall {
    if (crash?.kind === "at-call") return crash.index === (crash.among === "all" ? index : change);
    if (crash?.kind !== "at-first-call" || crash.state !== state || this.#killed) return false;
    this.#killed = true;
    return true;
  }

  async #suffer(mishap: CallMishap | "denied" | undefined, call: Call, make: () => Promise<unknown>): Promise<unknown> {
    switch (mishap) {
      case undefined:
        return make();
      case "throttled":
        throw new ServiceError("ThrottlingException", "Rate exceeded", 400);
      case "server-error":
        throw new ServiceError("InternalServerError", "We encountered an internal error.", 500);
      case "denied":
        throw new ServiceError("AccessDeniedException", "with an explicit deny in a service control policy", 403);
      case "overtaken":
        this.#witness.overtake(call.operation);
        await later(OVERTAKING_SECONDS);
        return make();
      case "lost-answer":
        await make();
        throw new ServiceError("TimeoutError", "socket hang up", 500);
      case "slow":
        await later(this.#random.between(1, 50));
        return make();
      case "too-late":
        return this.#tooLate(call, make);
    }
  }

  /** The function's time is up before the answer comes; what it asked for is done all the same. */
  async #tooLate(call: Call, make: () => Promise<unknown>): Promise<never> {
    this.underWay++;
    // Not every function waits for all of its calls.
    for (let waited = 0; waited < LONGEST_FUNCTION_SECONDS && !call.invocation.over; waited++) await later(1);
    await later(this.#random.between(0, 8));
    this.#witness.trace(`  ${call.invocation.step}.${call.operation} happens now, after its function is gone`);
    await make().catch(() => {});
    this.underWay--;
    return new Promise<never>(() => {});
  }

  /** Whoever denies changes of the target leaves gameday its own load. */
  #denied({ service, mutates }: Call): "denied" | undefined {
    const { deniedFrom = Number.POSITIVE_INFINITY } = this.#scenario;
    return this.#witness.seconds() >= deniedFrom && mutates && service !== "ecs" ? "denied" : undefined;
  }

  #burst(): CallMishap | undefined {
    const { burst } = this.#scenario;
    const now = this.#witness.seconds();
    return burst && now >= burst.from && now < burst.to && this.#random.chance(burst.share) ? burst.error : undefined;
  }

  /** Between Step Functions and Lambda. */
  around(caller: StepCaller): StepCaller {
    return {
      call: async (functionArn, input, state) => {
        const mishap = this.#scenario.tasks.get(this.#tasks++);
        this.underWay++;
        const work = caller.call(functionArn, input, state).finally(() => {
          this.underWay--;
        });
        if (!mishap) return work;
        this.#witness.hit(`task-${mishap}`);
        this.#witness.trace(`${state}: its answer is ${mishap}`);
        if (mishap === "lost") await work.catch(() => {});
        else {
          work.catch(() => {});
          await later(this.#random.between(0, 2));
        }
        throw new NoAnswer("the connection was closed");
      },
    };
  }

  /** Between the event bus and a rule's target. */
  readonly post: Post = (deliver) => {
    const mishap = this.#scenario.events.get(this.#events++);
    if (mishap) this.#witness.hit(`event-${mishap.kind}`);
    if (mishap?.kind === "lost") return;
    if (mishap?.kind !== "late") this.#after(this.#random.between(0.1, 2), deliver);
    if (mishap) this.#after(mishap.seconds, deliver);
  };

  #after(seconds: number, act: () => void): void {
    this.underWay++;
    setTimeout(() => {
      this.underWay--;
      act();
    }, seconds * 1000);
  }
}
