import { fileURLToPath } from "node:url";
import { stacksFor } from "../../stand-in/gameday/target.ts";
import { readGraph } from "../../stand-in/read-graph.ts";
import { type Assembly, readAssembly, type Template } from "../../stand-in/templates/cfn/assembly.ts";
import type { Graph } from "../../stand-in/templates/cfn/graph.ts";
import type { Endpoints } from "../../stand-in/templates/cfn/naming.ts";

/** What `cdk synth` left: `npm test` makes it anew when it is stale. */
export const assembly = (): Assembly => readAssembly(fileURLToPath(new URL("../../cdk.out", import.meta.url)));

/** The same with `orders` as the only target: hosting the others takes seconds. */
export const ordersOnly = (): Assembly => stacksFor(assembly(), "orders");

/** The resources of one template as a graph, as if it had been synthesised. */
export const graphOf = (
  Resources: Template["Resources"],
  rest: Omit<Template, "Resources"> = {},
  endpoints?: Endpoints,
): Graph => readGraph({ stacks: [{ name: "Test", template: { Resources, ...rest } }] }, "salt", endpoints);

/** The templates with something in one of them changed; the originals stay as they are. */
export function edited(assembly: Assembly, stack: string, change: (template: Template) => void): Assembly {
  const stacks = structuredClone(assembly.stacks);
  const found = stacks.find(({ name }) => name === stack);
  if (!found) throw new Error(`no stack ${stack} in the assembly`);
  change(found.template);
  return { ...assembly, stacks };
}

/** The one resource whose path begins so and whose type is this. */
export function resourceAt(template: Template, path: string, type: string) {
  const found = Object.values(template.Resources).filter(
    (resource) => resource.Type === type && String(resource.Metadata?.["aws:cdk:path"]).startsWith(`${path}/`),
  );
  if (found.length !== 1) throw new Error(`${found.length} resources ${type} at ${path}`);
  // Templates are free-form: tests edit what they need.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  return found[0] as { Properties: any };
}
