import { afterAll, beforeAll, expect, test } from "vitest";
import { ephemeralStacksOf } from "../../../../stand-in/aws/cloudformation/ephemeral-stacks.ts";
import { stacksFor, targetsOf } from "../../../../stand-in/gameday/target.ts";
import { type HostedRegion, startRegion } from "../../../../stand-in/hosted-region.ts";
import { assembly } from "../../templates.ts";

/** A region whose target is not there before a game day brings up its stack. */

const TARGET = "orders-ephemeral";
let region: HostedRegion;
beforeAll(async () => {
  region = await startRegion({ assembly: stacksFor(assembly(), TARGET), k6Path: "k6" });
}, 60_000);
afterAll(() => region.stop());

const post = () => {
  const { url } = targetsOf(region.graph).get(TARGET)!;
  return fetch(`${url}/orders`, { method: "POST", body: "{}", headers: { "content-type": "application/json" } });
};

test("the templates say which stack brings it", () => {
  expect(ephemeralStacksOf(region.graph).get(TARGET)).toMatchObject({ stackName: "Orders-ephemeral" });
  expect(targetsOf(region.graph).get(TARGET)?.stack).toBe("Orders-ephemeral");
});

test("its API answers nobody, and nothing of it counts as changed", async () => {
  await expect(post()).rejects.toThrow();
  const name = targetsOf(region.graph).get(TARGET)!.functions["create-order"]!;
  region.aws.functions.get(name)!.variables.FAILURE_RATE = "1";
  expect(region.changed()).toEqual([]);
});
