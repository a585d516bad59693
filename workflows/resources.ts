import * as z from "zod";

/**
 * What a target has names for beside functions: the field by which a drill names one, the record of the target's
 * description that it is in, and what people call it.
 */
export const RESOURCES = {
  eventSource: { among: "eventSources", called: "event source", one: "an event source" },
  queue: { among: "queues", called: "queue", one: "a queue" },
  rule: { among: "rules", called: "rule", one: "a rule" },
  usagePlan: { among: "usagePlans", called: "usage plan", one: "a usage plan" },
  table: { among: "tables", called: "table", one: "a table" },
  alias: { among: "aliases", called: "alias", one: "an alias" },
} as const;

export type ResourceField = keyof typeof RESOURCES;
const FIELDS = Object.keys(RESOURCES) as ResourceField[];

/** How a drill names a resource of its target. */
export const resourceName = (field: ResourceField) =>
  z
    .string({ error: `expected the name of ${RESOURCES[field].one} of the target` })
    .meta({ description: `The ${RESOURCES[field].called}'s name in the target's description, not its AWS name.` });

export interface NamedResource {
  readonly field: ResourceField;
  readonly name: string;
}

/** The resource beside functions that a fault changes, if it changes one. */
export function resourceIn(spec: object): NamedResource | undefined {
  const field = FIELDS.find((one) => one in spec);
  return field && { field, name: (spec as Record<ResourceField, string>)[field] };
}
