import { table, wrap } from "../../report/terminal.ts";
import { play } from "../../simulation/history.ts";
import { neededWhen, type Permission, permissionsOf, refusalsOf } from "../../simulation/permissions.ts";
import { drawScenario } from "../../simulation/scenario.ts";
import { readWorld } from "../../simulation/world.ts";
import type { Asked } from "../../stand-in/iam/identities.ts";
import { EXIT } from "../exit-codes.ts";
import { wholeNumber } from "../numbers.ts";
import { paint, print, say } from "../output.ts";

export interface PermissionsOptions {
  runs: string;
  json?: boolean;
}

/** `gameday permissions`: what each step's role may do, and what it was seen to need. Returns the exit code. */
export async function permissionsCommand(options: PermissionsOptions): Promise<number> {
  const runs = wholeNumber("--runs", options.runs);
  const world = await readWorld();
  const asked = new Map<string, Asked>();
  for (let seed = 1; seed <= runs; seed++) {
    await play(world, drawScenario(seed, world), { onAsked: (all) => remember(asked, all) });
    if (seed % 100 === 0) say(paint("dim", `${seed} of ${runs} histories`));
  }
  const questions = [...asked.values()];
  // The steps and their roles are the same beside whichever target.
  const { graph } = world.targets.orders;
  const permissions = permissionsOf(graph, questions);
  const refusals = refusalsOf(graph, questions);
  const rare = permissions.filter((permission) => !permission.used && neededWhen(permission) !== undefined);
  const unused = permissions.filter((permission) => !permission.used && !rare.includes(permission));
  if (options.json) print(JSON.stringify({ runs, permissions, rare, unused, refusals }, undefined, 2));
  else {
    const use = (permission: Permission) => (permission.used ? "yes" : rare.includes(permission) ? "rare" : "no");
    const rows = permissions.map((permission) => {
      const { step, action, conditions } = permission;
      return [step, use(permission), `${action}${conditions.length > 0 ? ` if ${conditions.join(", ")}` : ""}`];
    });
    print(table(["step", "used", "may"], rows));
    print("");
    print(
      `${permissions.length} permissions of ${new Set(permissions.map(({ step }) => step)).size} steps in ${runs} histories: ${rare.length} rarely used, ${unused.length} not used, ${refusals.length} refused`,
    );
    const reasons = new Set(rare.map((permission) => `${permission.action}: ${neededWhen(permission)}`));
    for (const reason of reasons) for (const line of wrap(`rare: ${reason}`, 76)) print(`  ${line}`);
    for (const { step, action } of unused) print(`  not used: ${action} of ${step}`);
    for (const { step, action, resource } of refusals) print(`  refused: ${action} of ${step} on ${resource}`);
  }
  return unused.length + refusals.length > 0 ? EXIT.failed : EXIT.passed;
}

/** One question is as good as a thousand of the same. */
function remember(known: Map<string, Asked>, asked: readonly Asked[]): void {
  for (const question of asked) known.set(`${question.roleArn} ${question.action} ${question.allowed}`, question);
}
