import { type KnownBy, RESOURCES, type ResourceField } from "../../workflows/resources.ts";
import type { Target } from "../../workflows/state.ts";
import { NotReady } from "../runtime/errors.ts";

/** What AWS knows a resource of the target by. Throws for a name that the target's description does not have. */
export function targetResource<Field extends ResourceField>(
  field: Field,
  name: string,
  target: Target,
): KnownBy<Field> {
  const { among, one } = RESOURCES[field];
  const known: Readonly<Record<string, unknown>> = target[among] ?? {};
  if (!Object.hasOwn(known, name)) {
    throw new NotReady(
      `${one} "${name}" of target "${target.name}"`,
      "none",
      "See its stack's description of the target.",
    );
  }
  return known[name] as KnownBy<Field>;
}
