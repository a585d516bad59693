import * as z from "zod";
import { faultKind, type Wording } from "./fault-kind.ts";
import { FIS_FAULTS, isFisFault } from "./fis.ts";
import { FUNCTION_FAULTS } from "./function-faults.ts";
import { MESSAGING_FAULTS } from "./messaging.ts";
import { eitherOf } from "./problem.ts";
import { VERSION_FAULTS } from "./published-versions.ts";
import { resourcesIn } from "./resources.ts";
import { SURGE_FAULTS } from "./surge.ts";
import { THROTTLES } from "./throttles.ts";

/** No fault at all: a window of the same length in which nobody should notice anything. */
export const NoFault = z.strictObject({ kind: z.literal("none") });
export type NoFault = z.infer<typeof NoFault>;

/** Every kind of fault that a drill can ask for. To add one: beside those of its resource, and its verbs in `functions/changes`. */
const KINDS = {
  ...FUNCTION_FAULTS,
  ...VERSION_FAULTS,
  ...FIS_FAULTS,
  ...MESSAGING_FAULTS,
  ...THROTTLES,
  ...SURGE_FAULTS,
  none: faultKind(NoFault, {
    change: () => "nothing (control)",
    undo: () => "nothing to put back",
    example: { kind: "none" },
  }),
};

type Schemas = (typeof KINDS)[keyof typeof KINDS]["schema"];
type With<Schema, Commons> =
  Schema extends z.ZodObject<infer Shape, infer Config> ? z.ZodObject<Shape & Commons, Config> : never;

/** A fault of any kind, with fields beside its own that are the same for all kinds. */
export function faultWith<Commons extends z.core.$ZodLooseShape>(commons: Commons) {
  const [first, ...others] = Object.values(KINDS).map(
    ({ schema }) => (schema as z.ZodObject).extend(commons) as unknown as With<Schemas, Commons>,
  );
  return z.discriminatedUnion("kind", [first!, ...others], {
    error: `expected a kind of fault: ${eitherOf(Object.keys(KINDS))}`,
  });
}

/** A fault as it is planned: what its kind needs to know and nothing else. */
export const FaultSpec = faultWith({});
export type FaultSpec = z.infer<typeof FaultSpec>;
export type FaultKindName = FaultSpec["kind"];

/** One of every kind. */
export const EXAMPLES = Object.fromEntries(
  Object.entries(KINDS).map(([kind, { example }]) => [kind, example]),
) as unknown as { readonly [Kind in FaultKindName]: Extract<FaultSpec, { kind: Kind }> };

interface Words {
  readonly change: string;
  readonly undo: string;
}

/** The wording for a fault, whichever kind it is. */
export function wordingOf(spec: FaultSpec): Words {
  const { change, undo } = KINDS[spec.kind] as Wording<FaultSpec>;
  return { change: change(spec), undo: undo(spec) };
}

/** Whether it changes something of the target itself: FIS and a surge make something of their own beside it. */
export const isOnTarget = (spec: FaultSpec): boolean => !isFisFault(spec) && resourcesIn(spec).length > 0;
