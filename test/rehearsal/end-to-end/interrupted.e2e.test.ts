import { describe, expect, it } from "vitest";
import { CommandLine, processesOf, SHORT_DRILL } from "./command-line.ts";

/** A state, and which of its visits. */
type Moment = [state: string, visit: number];

const MOMENTS: Moment[] = [
  ["StartLoad", 1],
  ["AwaitLoad", 2],
  ["WatchBaseline", 4],
  ["InjectFault", 1],
  ["WatchFault", 5],
  ["WatchRecovery", 3],
];
/** Every phase and the steps around the fault; `GAMEDAY_ALL_MOMENTS=1` adds them. */
const MORE: Moment[] = [
  ["AcquireLease", 1],
  ["Preflight", 1],
  ["WatchBaseline", 20],
  ["JudgeBaseline", 1],
  ["ProveFault", 1],
  ["UndoFault", 1],
  ["WatchRecovery", 1],
  ["StopLoad", 1],
];

describe.concurrent("a rehearsal that is interrupted", () => {
  const moments = process.env.GAMEDAY_ALL_MOMENTS === "1" ? [...MOMENTS, ...MORE] : MOMENTS;
  it.each(moments)("in %s (visit %i) puts everything back and says so", async (state, visit) => {
    const run = new CommandLine("rehearse", SHORT_DRILL);
    await run.reaches(state, visit);
    const tasks = run.startsTasks();
    run.interrupt();
    const { code, stdout, stderr, log } = await run.ended;

    expect(code, stderr).toBe(3);
    expect(stderr).toContain("Stopped: the safety net puts everything back now.");
    expect(stderr).not.toContain("! ");
    expect(log).toContain('"state":"FindGameDays"');
    // Before the lease is taken nothing has been touched, and there is nothing to report.
    if (state !== "AcquireLease") expect(stdout).toMatch(/Aborted: .*\n?.*everything was put\s+back/);
    expect(processesOf(await tasks)).toEqual([]);
  });
});
