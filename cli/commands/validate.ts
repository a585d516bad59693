import { checkDrill, findDrill } from "../drills.ts";
import { print } from "../output.ts";

/** `gameday validate FILE`: is the drill in order, for its target too? Throws a list of what is not. */
export function validateCommand(file: string): void {
  const { drill } = checkDrill(findDrill(file));
  print(`${file}: in order (drill ${drill.name} on ${drill.target}, ${drill.faults.length} fault(s))`);
}
