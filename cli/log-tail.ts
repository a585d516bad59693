import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from "node:fs";

/** What the end of a step of the clean-up means to people. A loop is told once. */
const TOLD: Record<string, string> = {
  FindGameDays: "safety net: looks whether anything was left behind",
  RollBack: "puts back what the journal names",
  StopLoad: "ends the load",
  VerifyRestored: "looks whether everything is as before",
  WriteReport: "report written",
};

/** What another rehearsal's log says from now on about its clean-up. */
export class LogTail {
  readonly #file: string;
  #from: number;
  #rest = "";
  #last = "";

  constructor(file: string) {
    this.#file = file;
    this.#from = existsSync(file) ? statSync(file).size : 0;
  }

  /** What has been done since the last look. */
  news(): string[] {
    const lines = `${this.#rest}${this.#read()}`.split("\n");
    this.#rest = lines.pop() ?? "";
    const told: string[] = [];
    for (const line of lines) {
      const [, state] = /"type":"TaskStateExited","state":"(\w+)"/.exec(line) ?? [];
      const words = state && TOLD[state];
      if (words && words !== this.#last) told.push(words);
      if (words) this.#last = words;
    }
    return told;
  }

  #read(): string {
    if (!existsSync(this.#file)) return "";
    const file = openSync(this.#file, "r");
    try {
      const fresh = Buffer.alloc(Math.max(0, fstatSync(file).size - this.#from));
      const length = readSync(file, fresh, 0, fresh.length, this.#from);
      this.#from += length;
      return fresh.subarray(0, length).toString();
    } finally {
      closeSync(file);
    }
  }
}
