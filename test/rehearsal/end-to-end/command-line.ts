import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RegionFolder } from "../../../stand-in/persistence/region-folder.ts";

const MAIN = fileURLToPath(new URL("../../../cli/main.ts", import.meta.url));
export const SHORT_DRILL = fileURLToPath(new URL("../drills/short.yaml", import.meta.url));
export const GUARDED_DRILL = fileURLToPath(new URL("../drills/guarded.yaml", import.meta.url));
export const CALM_DRILL = fileURLToPath(new URL("../drills/calm.yaml", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Everything that the rehearsal wrote, one line an event. */
  readonly log: string;
}

/** `gameday …` as a process of its own, in a folder where its reports and regions are. */
export class Run {
  readonly folder: string;
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #stderr = "";

  constructor(folder: string, args: readonly string[]) {
    this.folder = folder;
    this.#child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    this.ended = new Promise((resolve) => {
      this.#child.once("close", (code) => resolve({ code, stdout, stderr: this.#stderr, log: this.log() }));
    });
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  /** As nobody can prepare for. */
  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** The newest game day's log. */
  log(): string {
    const reports = join(this.folder, ".gameday/reports");
    const newest = safely(() => readdirSync(reports).sort().at(-1));
    return newest ? readFileSync(join(reports, newest, "rehearsal.log"), "utf8") : "";
  }

  /** The regions that are kept in its folder. */
  regions(): RegionFolder[] {
    return RegionFolder.list(join(this.folder, ".gameday/regions")).regions;
  }

  /** From now on until it has ended, the load tasks that it starts: their processes' numbers. */
  async startsTasks(): Promise<number[]> {
    const seen = new Set<number>();
    const look = () => {
      for (const { description } of this.regions()) for (const { pid } of description.tasks) seen.add(pid);
    };
    const looking = setInterval(look, 50);
    await this.ended;
    clearInterval(looking);
    return [...seen];
  }

  /** Waits until it has told this. */
  async says(words: string): Promise<void> {
    await this.#until(() => this.#stderr.includes(words), `it said "${words}"`);
  }

  /** Waits until the game day has entered the state for the given time. */
  async reaches(state: string, times = 1): Promise<void> {
    const entered = new RegExp(`StateEntered","state":"${state}"`, "g");
    await this.#until(() => (safely(() => this.log())?.match(entered)?.length ?? 0) >= times, `it reached ${state}`);
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    let over = false;
    void this.ended.then(() => {
      over = true;
    });
    while (!condition()) {
      if (over) throw new Error(`the rehearsal ended before ${what}: ${(await this.ended).stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** One in a folder of its own. */
export class CommandLine extends Run {
  constructor(...args: string[]) {
    super(mkdtempSync(join(tmpdir(), "gameday-")), args);
  }
}

/** The processes of a region's load. */
export const loadProcesses = ({ description }: RegionFolder): string[] =>
  processesOf(description.tasks.map(({ pid }) => pid));

/** The processes of load tasks that are there still: a worker leads its group, and k6 is in it. */
export function processesOf(tasks: readonly number[]): string[] {
  if (tasks.length === 0) return [];
  const found = safely(() => execFileSync("pgrep", ["-g", tasks.join(",")], { encoding: "utf8" }));
  return found?.trim().split("\n") ?? [];
}

function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
