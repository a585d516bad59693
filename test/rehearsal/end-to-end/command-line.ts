import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../../cli/main.ts", import.meta.url));
export const SHORT_DRILL = fileURLToPath(new URL("../drills/short.yaml", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Everything that the rehearsal wrote, one line an event. */
  readonly log: string;
}

/** `gameday …` as a process of its own. */
export class CommandLine {
  readonly out = mkdtempSync(join(tmpdir(), "gameday-"));
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;

  constructor(...args: string[]) {
    this.#child = spawn(process.execPath, [MAIN, ...args, "--out", this.out], { stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    this.#child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    this.ended = new Promise((resolve) => {
      this.#child.once("close", (code) => resolve({ code, stdout, stderr, log: this.log() }));
    });
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  log(): string {
    const [folder] = readdirSync(this.out);
    return folder ? readFileSync(join(this.out, folder, "rehearsal.log"), "utf8") : "";
  }

  /** Waits until the game day has entered the state for the given time. */
  async reaches(state: string, times = 1): Promise<void> {
    const entered = new RegExp(`StateEntered","state":"${state}"`, "g");
    let over = false;
    void this.ended.then(() => {
      over = true;
    });
    while ((safely(() => this.log())?.match(entered)?.length ?? 0) < times) {
      if (over) throw new Error(`the rehearsal ended before it reached ${state}: ${(await this.ended).stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function safely<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
