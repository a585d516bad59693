import { readFileSync } from "node:fs";

/** Ticks of the processors since the machine began: all of them, and those that a hypervisor gave to other machines. */
interface Ticks {
  readonly all: number;
  readonly stolen: number;
}

/** Above this share latencies are those of the machine as much as of what is measured. */
export const MOST_STOLEN = 0.05;

/**
 * Begins to measure what share of this machine's processor time other machines take (`steal` in proc_stat(5)). The function
 * that it gives says how much it was so far; undefined where the system does not say, which is everywhere but on Linux.
 */
export function measureStolenTime(file = "/proc/stat"): () => number | undefined {
  const began = ticksIn(file);
  return () => {
    const now = ticksIn(file);
    if (!began || !now || now.all === began.all) return undefined;
    return (now.stolen - began.stolen) / (now.all - began.all);
  };
}

/** The first line: `cpu user nice system idle iowait irq softirq steal guest guest_nice`; guests are part of user and nice. */
function ticksIn(file: string): Ticks | undefined {
  try {
    const [name, ...ticks] = readFileSync(file, "utf8").split("\n", 1)[0]!.split(/\s+/);
    const counted = ticks.slice(0, 8).map(Number);
    if (name !== "cpu" || counted.length < 8 || counted.some(Number.isNaN)) return undefined;
    return { all: counted.reduce((sum, each) => sum + each, 0), stolen: counted[7]! };
  } catch {
    return undefined;
  }
}
