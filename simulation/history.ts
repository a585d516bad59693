import type { Call } from "../stand-in/aws/operation.ts";
import type { Definitions } from "../stand-in/aws/step-functions/executions.ts";
import type { ExecutionEvent } from "../stand-in/aws/step-functions/state-machine.ts";
import type { Asked } from "../stand-in/iam/identities.ts";
import { resultKey } from "../workflows/names.ts";
import type { Defect } from "./defect.ts";
import { isEphemeral } from "./drills.ts";
import { drawOvertaking, type Edit } from "./edits.ts";
import { endingOf } from "./endings.ts";
import { Failures } from "./failures.ts";
import { gameDayName, Interruptions } from "./interruptions.ts";
import { violationsOf } from "./invariants.ts";
import type { Outcome } from "./outcome.ts";
import { type Random, randomOf } from "./random.ts";
import type { Scenario } from "./scenario.ts";
import { type SimulatedRegion, simulatedRegion } from "./simulated-region.ts";
import { inVirtualTime, Stuck, type VirtualTime } from "./virtual-time.ts";
import type { TargetWorld, World } from "./world.ts";

export interface PlayOptions {
  readonly defect?: Defect;
  /** Hears of everything that happens, in order. */
  readonly trace?: (line: string) => void;
  /** Hears of the first game day's execution, and how many seconds into the history. */
  readonly onEvent?: (event: ExecutionEvent, seconds: number) => void;
  /** Hears in the end what was asked of IAM, and what it said. */
  readonly onAsked?: (asked: readonly Asked[]) => void;
}

/** Marks what somebody writes who overtakes a step. */
const OVERTAKER = 9;
/** A history that has not settled by then never will. */
const LIMIT_MS = 8 * 3_600_000;
/** Everything has to stay quiet for so long. */
const QUIET_SECONDS = 60;
/** Between two sweeps nothing may happen at all: somebody has to look whether it is over. */
const HEARTBEAT_MS = 20_000;

/** Plays one history from its scenario, in virtual time, and looks at what is left. */
export function play(world: World, scenario: Scenario, options: PlayOptions = {}): Promise<Outcome> {
  return inVirtualTime(scenario.seed, (time) => new History(world, scenario, options, time).run());
}

class History {
  readonly #world: World;
  readonly #about: TargetWorld;
  readonly #scenario: Scenario;
  readonly #options: PlayOptions;
  readonly #time: VirtualTime;
  readonly #failures: Failures;
  readonly #interruptions: Interruptions;
  readonly #crashPoints: Record<string, number> = {};
  readonly #violations: string[] = [];
  readonly #overtaking: Random;
  #region!: SimulatedRegion;
  #calls = 0;
  #lastActivity = 0;
  #toStart = 0;
  #dirty = false;
  #cleanSince = 0;

  constructor(world: World, scenario: Scenario, options: PlayOptions, time: VirtualTime) {
    this.#world = world;
    this.#about = world.targets[scenario.target];
    this.#scenario = scenario;
    this.#options = options;
    this.#time = time;
    this.#overtaking = randomOf(scenario.seed, "edits");
    this.#failures = new Failures(scenario, {
      hit: (name) => this.#hit(name),
      trace: (line) => this.#trace(line),
      seconds: this.#seconds,
      stopGameDay: (name, at) => this.#interruptions.stopGameDay(name, at),
      overtake: (operation) => {
        const change = drawOvertaking(operation, this.#overtaking, scenario.target, OVERTAKER);
        if (!isEphemeral(scenario.target)) this.#edit({ atSeconds: 0, ...change });
      },
    });
    this.#interruptions = new Interruptions(scenario, {
      executions: () => this.#region.executions.values(),
      hit: (name) => this.#hit(name),
      trace: (line) => this.#trace(line),
      sweep: () => this.#region.start(this.#about.safetyNet.arn ?? "", "sweep", { sweep: true }),
    });
  }

  async run(): Promise<Outcome> {
    this.#region = await simulatedRegion({
      world: this.#about,
      steps: this.#world.steps,
      definitions: this.#definitions(),
      scenario: this.#scenario,
      failures: this.#failures,
      defect: this.#options.defect,
      hit: (name) => this.#hit(name),
      onCall: (call) => this.#onCall(call),
      onChange: () => this.#look(),
      onEvent: (name, event) => this.#onEvent(name, event),
    });
    const starts = this.#planAll();
    await this.#untilAtRest();
    this.#region.stop();
    this.#options.onAsked?.(this.#region.asked);
    this.#look();
    return this.#outcome(starts);
  }

  /** Everything that happens at its time, whatever else does. Returns when game days start. */
  #planAll(): readonly number[] {
    const { second, drill, edits, crash } = this.#scenario;
    const starts = [0, ...(second ? [second.atSeconds] : [])];
    this.#toStart = starts.length;
    for (const [index, atSeconds] of starts.entries()) {
      setTimeout(
        () => {
          this.#toStart--;
          this.#trace(`game day ${index} starts`);
          if (index > 0) this.#hit("second game day");
          this.#region.start(this.#about.gameDay.arn ?? "", gameDayName(index), { drill });
        },
        atSeconds * 1000 + 100,
      );
    }
    for (const planned of edits) this.#edit(planned);
    if (crash?.kind === "at-time") {
      setTimeout(() => this.#interruptions.stopGameDay("stopped at a moment"), crash.atSeconds * 1000);
    }
    return starts;
  }

  async #untilAtRest(): Promise<void> {
    const { executions, operator, state } = this.#region;
    const atRest = () => {
      const running = [...executions.values()].some(({ status }) => status === "RUNNING");
      const underWay = this.#toStart + operator.busy + this.#failures.underWay > 0;
      if (running || underWay || !this.#finished() || state.changing()) {
        this.#lastActivity = this.#seconds();
        return false;
      }
      return this.#seconds() - this.#lastActivity > QUIET_SECONDS;
    };
    const heartbeat = setInterval(() => {}, HEARTBEAT_MS);
    try {
      await this.#time.run(atRest, LIMIT_MS);
    } catch (error) {
      if (!(error instanceof Stuck)) throw error;
      this.#violations.push(`never settled: ${error.message}; leases: ${JSON.stringify(this.#region.leases())}`);
    }
    clearInterval(heartbeat);
  }

  /** Nobody holds the target, but for a game day in quarantine whose report is written. */
  #finished(): boolean {
    return this.#region.leases().every(({ holder, quarantine }) => {
      if (holder === undefined) return true;
      const announced = this.#region.read(resultKey(holder, "announced.json")) as { reported: boolean } | undefined;
      return quarantine !== undefined && announced?.reported === true;
    });
  }

  #outcome(starts: readonly number[]): Outcome {
    const { executions, fis, stacks, leases, tasks, state } = this.#region;
    const { second, seed } = this.#scenario;
    const all = [...executions.values()];
    const endings = starts.map((_, index) => endingOf(gameDayName(index), this.#region, this.#about));
    const first = endings[0];
    const endedAt = first?.execution?.history.at(-1)?.at;
    const restoreSeconds =
      endedAt !== undefined && first?.execution?.status !== "SUCCEEDED" && this.#cleanSince > 0
        ? Math.max(0, (this.#cleanSince - endedAt) / 1000)
        : undefined;
    this.#violations.push(
      ...violationsOf({
        scenario: this.#scenario,
        endings,
        tasks,
        state,
        leases: leases(),
        announced: this.#region.announced(),
        leftInFis: fis.left(),
        leftStanding: stacks.left(),
        experiments: [...fis.experiments.values()].map(({ experiment }) => experiment),
        restoreSeconds: second ? undefined : restoreSeconds,
        transitions: all.reduce((sum, { history }) => sum + history.length, 0),
      }),
    );
    return {
      seed,
      violations: this.#violations,
      crashPoints: this.#crashPoints,
      restoreSeconds: this.#interruptions.interrupted ? restoreSeconds : undefined,
      verdict: first?.result?.verdict,
      quarantined: leases().some(({ quarantine }) => quarantine !== undefined),
      reasons: first?.result?.reasons ?? [],
      calls: this.#calls,
      killedAt: this.#interruptions.killedAt,
    };
  }

  #definitions(): Definitions {
    const { definitions, gameDay } = this.#about;
    const spoiled = this.#options.defect?.definitions?.(definitions) ?? definitions;
    const { crash } = this.#scenario;
    if (crash?.kind !== "time-out") return spoiled;
    const definition = { ...spoiled.get(gameDay.arn ?? "")!, TimeoutSeconds: crash.seconds };
    return new Map([...spoiled, [gameDay.arn ?? "", definition]]);
  }

  #onEvent(name: string, event: ExecutionEvent): void {
    const { type, state } = event;
    this.#lastActivity = this.#seconds();
    if (this.#options.trace)
      this.#trace([name, type, state, /Exited$/.test(type) ? "" : undefined].filter(Boolean).join(" "));
    if (name === gameDayName(0)) this.#options.onEvent?.(event, this.#seconds());
    this.#interruptions.onEvent(name, event);
  }

  #onCall(call: Call): void {
    this.#calls++;
    this.#lastActivity = this.#seconds();
    if (!call.mutates) return;
    this.#checkHolder(call);
    this.#look();
  }

  /** Whoever changes something has to hold the target; only its own load a game day may stop whenever it likes. */
  #checkHolder({ operation, invocation }: Call): void {
    if (operation === "StopTask") return;
    const plan = (invocation.input as { plan?: { id: string; target: { name: string } } }).plan;
    const holder = this.#region.leases().find(({ target }) => target === plan?.target.name)?.holder;
    if (plan && holder !== plan.id) {
      this.#violations.push(
        `${invocation.state} of ${plan.id} made ${operation} while ${holder ?? "nobody"} held the target`,
      );
    }
  }

  #look(): void {
    const { state, fis, stacks, operator } = this.#region;
    state.look();
    const clean = state.asExpected(operator.atWork) && fis.left().length + stacks.left().length === 0;
    if (this.#dirty && clean) this.#cleanSince = Date.now();
    this.#dirty = !clean;
  }

  #edit(what: Edit): void {
    this.#region.operator.edit(what, (part) => {
      this.#hit(`edit-${this.#phase()}`);
      this.#trace(`a person changes ${part}: ${JSON.stringify(what)}`);
    });
  }

  #phase(): string {
    const execution = [...this.#region.executions.values()].find(({ name }) => name === gameDayName(0));
    if (execution?.status !== "RUNNING") return "after";
    const entered = (state: string) => execution.history.some((event) => event.state === state);
    return entered("RollBack") ? "after" : entered("InjectFault") ? "during" : "before";
  }

  #hit(name: string): void {
    this.#crashPoints[name] = (this.#crashPoints[name] ?? 0) + 1;
  }

  #seconds = () => this.#time.elapsed() / 1000;

  #trace(line: string): void {
    this.#options.trace?.(`${this.#seconds().toFixed(3).padStart(10)} ${line}`);
  }
}
