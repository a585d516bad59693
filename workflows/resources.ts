import * as z from "zod";

/**
 * What game days may change of a target: the field by which a drill names one, the record of the target's description that
 * it is in, what people call it, and what AWS knows it by. To add one is a line here and what the compiler then asks for.
 */
export const RESOURCES = {
  /** By its AWS function name. */
  function: { among: "functions", called: "function", one: "a function", knownBy: z.string() },
  /** By its UUID. */
  eventSource: { among: "eventSources", called: "event source", one: "an event source", knownBy: z.string() },
  /** By its URL. */
  queue: { among: "queues", called: "queue", one: "a queue", knownBy: z.string() },
  /** Its own name is one of its bus only. */
  rule: {
    among: "rules",
    called: "rule",
    one: "a rule",
    knownBy: z.object({ name: z.string(), eventBusName: z.string() }),
  },
  /** By its id. */
  usagePlan: { among: "usagePlans", called: "usage plan", one: "a usage plan", knownBy: z.string() },
  /** By its AWS table name. */
  table: { among: "tables", called: "table", one: "a table", knownBy: z.string() },
  alias: {
    among: "aliases",
    called: "alias",
    one: "an alias",
    knownBy: z.object({ functionName: z.string(), alias: z.string() }),
  },
} as const;

type Resources = typeof RESOURCES;
export type ResourceField = keyof Resources;
const FIELDS = Object.keys(RESOURCES) as ResourceField[];

/** What AWS knows a resource by. */
export type KnownBy<Field extends ResourceField> = z.infer<Resources[Field]["knownBy"]>;

/** The records of a target's description: the drill's name for a resource → what AWS knows it by. */
export const RESOURCE_RECORDS = Object.fromEntries(
  Object.values(RESOURCES).map(({ among, knownBy }) => [among, z.record(z.string(), knownBy).optional()]),
) as unknown as {
  readonly [Field in ResourceField as Resources[Field]["among"]]: z.ZodOptional<
    z.ZodRecord<z.ZodString, Resources[Field]["knownBy"]>
  >;
};

/** How a drill names a resource of its target. */
export const resourceName = (field: ResourceField) =>
  z
    .string({ error: `expected the name of ${RESOURCES[field].one} of the target` })
    .meta({ description: `The ${RESOURCES[field].called}'s name in the target's description, not its AWS name.` });

export interface NamedResource {
  readonly field: ResourceField;
  readonly name: string;
}

/** The target's resources that a fault or a deployment changes: it names them in the fields of their kind. */
export function resourcesIn(spec: object): NamedResource[] {
  const named = spec as Partial<Record<ResourceField, string | readonly string[]>>;
  return FIELDS.flatMap((field) => [named[field] ?? []].flat().map((name) => ({ field, name })));
}
