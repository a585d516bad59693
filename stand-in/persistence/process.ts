import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { platform } from "node:os";

/** A process, told apart from any other one that has had or will have its number. */
export interface ProcessMark {
  readonly pid: number;
  /** When it was started, in the words of the system. */
  readonly started: string;
}

export const markOf = (pid: number): ProcessMark => ({ pid, started: startOf(pid) ?? "" });
export const thisProcess = (): ProcessMark => markOf(process.pid);

/** Whether exactly this process still runs. Its number alone says nothing: the system gives it out again. */
export const isRunning = ({ pid, started }: ProcessMark): boolean => startOf(pid) === started;

/** When the process with this number was started; undefined when there is none, or only what its parent has not buried yet. */
function startOf(pid: number): string | undefined {
  return platform() === "linux" ? startOnLinux(pid) : startByPs(pid);
}

/** State and start are the 3rd and the 22nd field; the 2nd is a name that may hold blanks and brackets (proc_pid_stat(5)). */
function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    // Counted from the start of the machine, so that start has to be told too.
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function startByPs(pid: number): string | undefined {
  try {
    const said = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
      // The time is written in the zone and the language of whoever asks.
      env: { PATH: process.env.PATH, TZ: "UTC", LC_ALL: "C" },
    });
    const [, state, start] = /^\s*(\S+)\s+(.*\S)/.exec(said) ?? [];
    return state?.startsWith("Z") ? undefined : start;
  } catch {
    return undefined;
  }
}
