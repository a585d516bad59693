import { estimateCost } from "../../workflows/cost.ts";
import { readDrill } from "../../workflows/drill-file.ts";
import type { GameDayInput } from "../../workflows/game-day-input.ts";
import { planGameDay } from "../../workflows/plan.ts";
import { checkDrill, findDrill, problemsError, shippedDrills, withTarget } from "../drills.ts";
import { UserError } from "../exit-codes.ts";

export interface StartCommandOptions {
  aws?: boolean;
  id?: string;
  rehearsal?: boolean;
  target?: string;
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
  const { name, input } = inputOf(nameOrPath, options);
  const id = options.id ?? `${name}-${stampOf(new Date())}`;
  if (!/^[\w-]{1,80}$/.test(id)) {
    throw new UserError(`Expected an id of at most 80 letters, digits, - and _; found "${id}". Nothing was touched.`);
  }
  const { startOnAws } = await import("../aws/start.ts");
  return startOnAws({ id, input, mayBeThere: options.id !== undefined, bill: billOf(nameOrPath, options) }, options);
}

/** A shipped drill goes by its name, one of the user's own, or on another target, whole. */
function inputOf(
  nameOrPath: string,
  { rehearsal, target }: StartCommandOptions,
): { name: string; input: GameDayInput } {
  const { file, text } = findDrill(nameOrPath);
  const read = withTarget(readDrill(text), target);
  if (!read.ok) throw problemsError(file, read.problems);
  const byName = target === undefined && shippedDrills().includes(nameOrPath);
  const drill = byName ? nameOrPath : (read.raw as Record<string, unknown>);
  return { name: read.drill.name, input: { drill, profile: profileOf(rehearsal) } };
}

const profileOf = (rehearsal: boolean | undefined) => (rehearsal ? "rehearsal" : "full");

/** What it costs by the estimate, said before it begins; undefined for a target that is only described on AWS. */
function billOf(nameOrPath: string, { rehearsal, target: chosen }: StartCommandOptions): string | undefined {
  try {
    const { drill, target } = checkDrill(findDrill(nameOrPath), { target: chosen });
    const identity = {
      id: "preview",
      executionArn: "preview",
      startedAt: new Date(),
      profile: profileOf(rehearsal),
    } as const;
    const { estimatedUsd, pricesOf } = estimateCost(planGameDay(drill, target, identity));
    return `By the estimate it costs at most about $${estimatedUsd.toFixed(2)} (list prices of ${pricesOf}); gameday plan says what for.`;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

const stampOf = (at: Date) => at.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
