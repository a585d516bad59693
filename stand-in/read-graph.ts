import { TYPES } from "./aws/services.ts";
import type { Assembly } from "./templates/cfn/assembly.ts";
import { type Graph, physicalNames, resolveGraph } from "./templates/cfn/graph.ts";
import type { Endpoints } from "./templates/cfn/naming.ts";

/**
 * The templates' resources, resolved, of the types that the stand-in plays.
 * @param endpoints where APIs and front ends listen. Default: nowhere
 */
export const readGraph = (assembly: Pick<Assembly, "stacks">, salt: string, endpoints: Endpoints = new Map()): Graph =>
  resolveGraph(assembly, { salt, endpoints, types: TYPES });

/** The names and ids that the same reading would give to resources of a type: what has to listen before it can be read. */
export const namesOf = (assembly: Pick<Assembly, "stacks">, salt: string, type: string): string[] =>
  physicalNames(assembly, { salt, types: TYPES }, type);
