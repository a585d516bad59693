import { readDrill } from "../../workflows/drill-file.ts";
import type { GameDayInput } from "../../workflows/game-day-input.ts";
import { findDrill, problemsError, shippedDrills } from "../drills.ts";
import { UserError } from "../exit-codes.ts";

export interface StartCommandOptions {
  aws?: boolean;
  id?: string;
  rehearsal?: boolean;
  wait?: boolean;
  json?: boolean;
}

/** `gameday start [drill] --aws`: starts a game day there. Returns the exit code. */
export async function startCommand(nameOrPath: string, options: StartCommandOptions): Promise<number> {
  if (!options.aws) {
    throw new UserError(
      `Expected --aws; found none: this starts a game day on AWS. On this machine: gameday rehearse ${nameOrPath}\nNothing was touched.`,
    );
  }
  const { name, input } = inputOf(nameOrPath, options.rehearsal === true);
  const id = options.id ?? `${name}-${stampOf(new Date())}`;
  if (!/^[\w-]{1,80}$/.test(id)) {
    throw new UserError(`Expected an id of at most 80 letters, digits, - and _; found "${id}". Nothing was touched.`);
  }
  const { startOnAws } = await import("../aws/start.ts");
  return startOnAws({ id, input, mayBeThere: options.id !== undefined }, options);
}

/** A shipped drill goes by its name, one of the user's own whole. */
function inputOf(nameOrPath: string, rehearsal: boolean): { name: string; input: GameDayInput } {
  const { file, text } = findDrill(nameOrPath);
  const read = readDrill(text);
  if (!read.ok) throw problemsError(file, read.problems);
  const drill = shippedDrills().includes(nameOrPath) ? nameOrPath : (read.raw as Record<string, unknown>);
  return { name: read.drill.name, input: { drill, profile: rehearsal ? "rehearsal" : "full" } };
}

const stampOf = (at: Date) => at.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
