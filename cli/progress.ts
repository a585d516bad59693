import type { AlarmChange } from "../stand-in/aws/cloudwatch/operations.ts";
import type { ExecutionEvent } from "../stand-in/aws/step-functions/state-machine.ts";
import { formatDuration } from "../workflows/duration.ts";
import { expectedSeconds } from "../workflows/plan.ts";
import type { Plan } from "../workflows/state.ts";
import { paint } from "./output.ts";

/** Seconds beside the planned phases: hosting, starting k6, waiting for last blocks, report. */
const OVERHEAD_SECONDS = 14;
/** Without a terminal a loop says what it sees this often. */
const QUIET_MS = 10_000;

/** Loops: where in the state their look is, and what they are doing. */
const LOOKS: Record<string, { section: string; doing: string }> = {
  AwaitLoad: { section: "loadReady", doing: "k6 starts" },
  WatchBaseline: { section: "baselineWatch", doing: "load" },
  ProveFault: { section: "proven", doing: "fault comes into effect" },
  WatchFault: { section: "faultWatch", doing: "who notices?" },
  WatchRecovery: { section: "recoveryWatch", doing: "recovery" },
  RollBack: { section: "rolledBack", doing: "roll-back" },
  StopLoad: { section: "loadStopped", doing: "load ends" },
  VerifyRestored: { section: "restored", doing: "put back?" },
};

/** What only a game day does whose stack is brought up for it, and what it does otherwise. */
const WITH_STACK = {
  looks: { Deploy: { section: "deployment", doing: "the target comes up" } },
  done: {
    Preflight: "nobody has a stack of that name",
    PlanTarget: "the drill fits the target that came up",
    PreflightTarget: "the target is ready: tagged, active, no alarm on",
  },
};

/** What a step's end means to people. */
const DONE: Record<string, string> = {
  Plan: "planned; nothing was touched yet",
  AcquireLease: "the target is ours for this game day",
  Preflight: "the target is ready: tagged, active, no alarm on",
  JudgeBaseline: "the baseline is steady",
  InjectFault: "fault injected (written in the journal first)",
  UndoFault: "fault taken back",
  FindGameDays: "safety net: looks whether anything was left behind",
  WriteReport: "report written",
};

/** Tells on stderr what happens now and how long it will take: one line that changes on a terminal, plain lines elsewhere. */
export class Progress {
  readonly #began = Date.now();
  readonly #expectedMs: number;
  readonly #stream: NodeJS.WriteStream;
  readonly #looks: typeof LOOKS;
  readonly #done: typeof DONE;
  #lastSaid = 0;
  #status = "";
  #given = "";

  constructor(plan: Plan, stream: NodeJS.WriteStream = process.stderr) {
    this.#expectedMs = (expectedSeconds(plan) + OVERHEAD_SECONDS) * 1000;
    this.#stream = stream;
    const ownStack = plan.deploy.kind === "stack";
    this.#looks = ownStack ? { ...LOOKS, ...WITH_STACK.looks } : LOOKS;
    this.#done = ownStack ? { ...DONE, ...WITH_STACK.done } : DONE;
  }

  onEvent(event: ExecutionEvent): void {
    if (!event.state) return;
    if (event.type === "TaskStateRetried") this.line(paint("yellow", `${event.state} failed; it is tried again`));
    if (event.type.endsWith("StateCaught")) this.#caught(event.state);
    if (event.type !== "TaskStateExited") return;
    if (this.#given === event.state) return;
    const look = this.#looks[event.state];
    if (look) this.#look(look.doing, (event.output as Record<string, { done: boolean; saw: string }>)[look.section]);
    else if (event.state in this.#done) this.line(this.#done[event.state]!);
  }

  /** A state whose error was caught is left like one that is done: it must not be told as that. */
  #caught(state: string): void {
    this.#given = state;
    this.line(paint("yellow", `${state} failed for good; what follows cleans up and reports`));
  }

  onAlarm({ alarm, to }: AlarmChange): void {
    if (to !== "OK") this.line(paint("yellow", `alarm ${alarm.name} → ${to}`));
  }

  /** A line that stays. */
  line(text: string): void {
    this.#clear();
    this.#stream.write(`${paint("dim", this.#elapsed(), this.#stream)} ${text}\n`);
    this.#lastSaid = Date.now();
    if (this.#status) this.#show();
  }

  end(): void {
    this.#clear();
    this.#status = "";
  }

  #look(doing: string, look: { done: boolean; saw: string } | undefined): void {
    if (!look) return;
    const text = `${doing}: ${look.saw}`;
    if (look.done) {
      this.#status = "";
      this.line(text);
    } else if (this.#stream.isTTY) {
      this.#status = `${text} ${paint("dim", this.#remaining())}`;
      this.#show();
    } else if (Date.now() - this.#lastSaid > QUIET_MS) {
      this.line(`${text} (${this.#remaining()})`);
    }
  }

  #show(): void {
    if (!this.#stream.isTTY) return;
    const room = this.#stream.columns - 8;
    const text = this.#status.length > room + 20 ? `${this.#status.slice(0, room)}…` : this.#status;
    this.#stream.write(`\r\u001b[K${paint("dim", this.#elapsed(), this.#stream)} ${text}`);
  }

  #clear(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001b[K");
  }

  #elapsed(): string {
    const seconds = Math.floor((Date.now() - this.#began) / 1000);
    return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
  }

  #remaining(): string {
    const seconds = (this.#expectedMs - (Date.now() - this.#began)) / 1000;
    return seconds > 5 ? `about ${formatDuration(Math.ceil(seconds / 5) * 5)} left` : "nearly done";
  }
}
