import { table } from "../../report/terminal.ts";
import { play } from "../../simulation/history.ts";
import { crashMatrix, MATRIX_COLUMNS } from "../../simulation/matrix.ts";
import { drawScenario } from "../../simulation/scenario.ts";
import { simulate } from "../../simulation/simulate.ts";
import { readWorld } from "../../simulation/world.ts";
import { EXIT } from "../exit-codes.ts";
import { wholeNumber } from "../numbers.ts";
import { paint, print, say } from "../output.ts";

export interface SimulateCommandOptions {
  runs: string;
  seed: string;
  json?: boolean;
  trace?: boolean;
  matrix?: boolean;
}

/** `gameday simulate`: game days in virtual time in which things go wrong. Returns the exit code. */
export async function simulateCommand(options: SimulateCommandOptions): Promise<number> {
  const runs = wholeNumber("--runs", options.runs);
  const seed = wholeNumber("--seed", options.seed);
  if (options.matrix) return matrix();
  return options.trace ? trace(seed) : many(runs, seed, options.json === true);
}

async function many(runs: number, seed: number, json: boolean): Promise<number> {
  const simulated = await simulate({
    runs,
    seed,
    onProgress(done, violating) {
      if (violating) say(paint("red", `seed ${violating.seed}: ${violating.violations.join("; ")}`));
      if (done % 500 === 0) say(paint("dim", `${done} of ${runs} histories`));
    },
  });
  const { violations, failingSeeds, crashPoints, killedAtCalls, restoreSeconds, runsPerSecond, verdicts } = simulated;
  if (json) print(JSON.stringify(simulated, undefined, 2));
  else {
    const rows = Object.entries(crashPoints).map(([name, hits]) => [String(hits), name]);
    print(table(["histories", "in which this happened"], rows));
    print(
      `\nVerdicts: ${Object.entries(verdicts)
        .map(([name, hits]) => `${name} ${hits}`)
        .join(", ")}`,
    );
    const { calls, missed } = killedAtCalls;
    print(
      missed.length === 0
        ? `Stopped before and after every one of the first ${calls} calls`
        : `Stopped before and after ${2 * calls - missed.length} of ${2 * calls} moments around the first ${calls} calls`,
    );
    print(`Restored after a stop: median ${restoreSeconds.median} s, worst ${restoreSeconds.worst} s (virtual)`);
    print(`${runs} histories, ${violations} with something left behind; ${runsPerSecond} a second`);
    for (const failing of failingSeeds) print(`  gameday simulate --seed ${failing} --trace`);
  }
  return violations > 0 ? EXIT.notRestored : EXIT.passed;
}

/** `docs/crash-matrix.md`: every state × every kind of interruption. */
async function matrix(): Promise<number> {
  const rows = await crashMatrix(await readWorld());
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  print(line(["state", ...MATRIX_COLUMNS]));
  print(line(["---", ...MATRIX_COLUMNS.map(() => "---")]));
  for (const { state, cells } of rows) print(line([state, ...cells]));
  return rows.some(({ cells }) => cells.some((cell) => cell.startsWith("LEFT"))) ? EXIT.notRestored : EXIT.passed;
}

/** One history, event by event. */
async function trace(seed: number): Promise<number> {
  const world = await readWorld();
  const scenario = drawScenario(seed, world);
  const asJson = (_key: string, value: unknown) => (value instanceof Map ? [...value] : value);
  print(JSON.stringify(scenario, asJson, 2));
  const { violations, verdict } = await play(world, scenario, { trace: print });
  print(`verdict: ${verdict ?? "none"}`);
  for (const violation of violations) print(paint("red", violation, process.stdout));
  return violations.length > 0 ? EXIT.notRestored : EXIT.passed;
}
