import type { Target } from "../../workflows/state.ts";
import { NotReady } from "../runtime/errors.ts";

/** The AWS name of one of the target's functions. Throws for a name that the target's description does not have. */
export function targetFunction(name: string, target: Target): string {
  const found = target.functions[name];
  if (found === undefined) {
    throw new NotReady(
      `a function "${name}" of target "${target.name}"`,
      "none",
      "See its stack's description of the target.",
    );
  }
  return found;
}
