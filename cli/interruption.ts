import { paint } from "./output.ts";

/** Ctrl-C, as long as somebody listens for it. */
export interface Interruption {
  readonly signal: AbortSignal;
  done(): void;
}

/** Ctrl-C stops the execution, as StopExecution does on AWS; what follows is the safety net's. `gameday abort` is the same. */
export function interruptible(tell: (line: string) => void): Interruption {
  const controller = new AbortController();
  const stop = () => {
    const first = !controller.signal.aborted;
    controller.abort();
    tell(
      paint(
        "yellow",
        first
          ? "Stopped: the safety net puts everything back now."
          : "Still putting everything back; this takes a few seconds.",
      ),
    );
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stop);
  return {
    signal: controller.signal,
    done: () => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, stop);
    },
  };
}
