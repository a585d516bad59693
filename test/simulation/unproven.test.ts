import { describe, expect, test } from "vitest";
import { play } from "../../simulation/history.ts";
import { calmScenario } from "../../simulation/scenario.ts";
import { readWorld, type World } from "../../simulation/world.ts";
import type { Graph, Resource } from "../../stand-in/templates/cfn/graph.ts";

/** A whole game day whose fault cannot be shown to act: it says nothing about the system, says why, and leaves nothing. */

const world = await readWorld();

interface Drawn {
  readonly faults: readonly { readonly kind: string }[];
  readonly guard?: object;
}

/** A game day of one fault by FIS in which nothing else goes wrong; long enough for CloudWatch to list a new metric. */
const byFis = (() => {
  for (let seed = 1; ; seed++) {
    const scenario = calmScenario(seed);
    const { faults, guard } = scenario.drill as Drawn;
    const [fault] = faults;
    if (scenario.target !== "orders" || faults.length > 1 || fault?.kind !== "fis-lambda-error" || guard) continue;
    return { ...scenario, drill: { ...scenario.drill, faults: [{ ...fault, duration: "20m" }] } };
  }
})();

/** The world with other resources of orders and of gameday itself. */
function changed(change: (resource: Resource) => Record<string, unknown> | undefined): World {
  const about = world.targets.orders;
  let changes = 0;
  const resources = about.graph.resources.map((resource) => {
    const properties = change(resource);
    if (properties) changes++;
    return properties ? { ...resource, properties } : resource;
  });
  if (changes === 0) throw new Error("Nothing was changed: what the test is about is called something else by now.");
  const graph: Graph = {
    ...about.graph,
    resources,
    ofType: (type) => resources.filter((resource) => resource.type === type),
    byArn: (arn) => resources.find((resource) => resource.arn === arn),
    byName: (type, name) => resources.find((resource) => resource.type === type && resource.name === name),
  };
  return { ...world, targets: { ...world.targets, orders: { ...about, graph } } };
}

interface Document {
  readonly Statement: readonly { readonly Action: string | string[] }[];
}

/** Without what lets a role of this path make a call. */
const withoutPermission = (path: string, action: string) =>
  changed((resource) => {
    const document = resource.properties.PolicyDocument as Document | undefined;
    if (resource.type !== "AWS::IAM::Policy" || !resource.path.includes(path)) return undefined;
    const left = document!.Statement.filter(({ Action }) => ![Action].flat().includes(action));
    if (left.length === document!.Statement.length) return undefined;
    return { ...resource.properties, PolicyDocument: { Statement: left } };
  });

const createOrder = (resource: Resource) =>
  resource.type === "AWS::Lambda::Function" && resource.path.startsWith("Orders/CreateOrder/");

function withVariables(variables: Record<string, string>): World {
  return changed((resource) => {
    if (!createOrder(resource)) return undefined;
    const { Variables } = resource.properties.Environment as { Variables: object };
    return { ...resource.properties, Environment: { Variables: { ...Variables, ...variables } } };
  });
}

describe("a fault by FIS ends invalid, with its cause, when", () => {
  test.each([
    [
      "FIS may not write for its extension",
      withoutPermission("GameDay/Experiments", "s3:PutObject"),
      /Expected experiment \S+ to run; found it failed/,
    ],
    [
      "the function has no extension",
      changed((resource) => (createOrder(resource) ? { ...resource.properties, Layers: [] } : undefined)),
      /has no FIS extension: add the layer/,
    ],
    [
      "the function does not begin with the extension's wrapper",
      withVariables({ AWS_LAMBDA_EXEC_WRAPPER: "/opt/other" }),
      /AWS_LAMBDA_EXEC_WRAPPER of \S+ is "\/opt\/other": set it to/,
    ],
    [
      "the extension may not read what FIS writes, so that no invocation is touched",
      withoutPermission("Orders/CreateOrder/", "s3:GetObject"),
      /did nothing: the extension in \S+ reported nothing: the experiment ran, and no invocation was touched/,
    ],
  ])("%s", async (_when, spoiled, cause) => {
    const { verdict, reasons, violations } = await play(spoiled, byFis);
    expect({ verdict, violations }).toEqual({ verdict: "invalid", violations: [] });
    expect(reasons.join()).toMatch(cause);
  });

  test("or, if its extension says nothing by itself, is judged by what others saw", async () => {
    const { verdict, violations } = await play(withVariables({ AWS_FIS_EXTENSION_METRICS: "none" }), byFis);
    expect({ verdict, violations }).toEqual({ verdict: "passed", violations: [] });
  });
});
