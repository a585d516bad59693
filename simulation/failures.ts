import type { Post } from "../stand-in/aws/eventbridge/bus.ts";
import type { Call, Interference } from "../stand-in/aws/operation.ts";
import { ServiceError } from "../stand-in/aws/operation.ts";
import type { StepCaller } from "../stand-in/gameday/step-caller.ts";
import { type Random, randomOf } from "./random.ts";
import type { CallFailure, Crash, Scenario } from "./scenario.ts";

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
export class Failures {
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
    const failure = this.#denied(call) ?? straggling ?? change ?? calls.get(index) ?? this.#burst();
    this.#witness.trace(
      `  ${index} ${name}${failure ? ` (${failure})` : ""}${killed ? ` (stopped ${killed} it)` : ""}`,
    );
    if (failure) this.#witness.hit(failure);
    try {
      return await this.#suffer(failure, call, make);
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

  async #suffer(
    failure: CallFailure | "denied" | undefined,
    call: Call,
    make: () => Promise<unknown>,
  ): Promise<unknown> {
    switch (failure) {
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

  #burst(): CallFailure | undefined {
    const { burst } = this.#scenario;
    const now = this.#witness.seconds();
    return burst && now >= burst.from && now < burst.to && this.#random.chance(burst.share) ? burst.error : undefined;
  }

  /** Between Step Functions and Lambda. */
  around(caller: StepCaller): StepCaller {
    return {
      call: async (functionArn, input, state) => {
        const failure = this.#scenario.tasks.get(this.#tasks++);
        this.underWay++;
        const work = caller.call(functionArn, input, state).finally(() => {
          this.underWay--;
        });
        if (!failure) return work;
        this.#witness.hit(`task-${failure}`);
        this.#witness.trace(`${state}: its answer is ${failure}`);
        if (failure === "lost") await work.catch(() => {});
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
    const failure = this.#scenario.events.get(this.#events++);
    if (failure) this.#witness.hit(`event-${failure.kind}`);
    if (failure?.kind === "lost") return;
    if (failure?.kind !== "late") this.#after(this.#random.between(0.1, 2), deliver);
    if (failure) this.#after(failure.seconds, deliver);
  };

  #after(seconds: number, act: () => void): void {
    this.underWay++;
    setTimeout(() => {
      this.underWay--;
      act();
    }, seconds * 1000);
  }
}
