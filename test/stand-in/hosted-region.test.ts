import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HostedRegion, startRegion } from "../../stand-in/hosted-region.ts";
import { ordersOnly } from "./templates.ts";

/** Two regions of the same templates in one process. */
const regions: HostedRegion[] = [];
beforeAll(async () => {
  // The same names in both: what one of them does to a name must not reach the other's.
  for (const salt of ["twin", "twin"]) regions.push(await startRegion({ assembly: ordersOnly(), k6Path: "", salt }));
}, 60_000);
afterAll(() => Promise.all(regions.map((region) => region.stop())));

const ordersOf = (region: HostedRegion) =>
  [...region.aws.functions.values()].find(({ name }) => /CreateOrder/.test(name))!;
const order = (region: HostedRegion) =>
  fetch(`${region.apis[0]!.url}/orders`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ item: "book", quantity: 1 }),
  });
const targetsOf = (region: HostedRegion) =>
  region.graph.ofType("AWS::SSM::Parameter").map(({ properties }) => String(properties.Value));

describe("two regions in one process, of the same names", () => {
  test("answer at addresses of their own, which are what their templates resolve to", () => {
    const [one, other] = regions as [HostedRegion, HostedRegion];
    expect(one.apis[0]!.apiId).toBe(other.apis[0]!.apiId);
    expect(one.apis[0]!.url).not.toBe(other.apis[0]!.url);
    for (const region of regions) expect(targetsOf(region).join()).toContain(region.apis[0]!.url);
    expect(targetsOf(one).join()).not.toContain(other.apis[0]!.url);
  });

  test("have functions, parts and metrics of their own", async () => {
    const [one, other] = regions as [HostedRegion, HostedRegion];
    const { run } = one.aws.services.lambda.operations.UpdateFunctionConfiguration!;
    const Variables = { ...ordersOf(one).variables, FAILURE_RATE: "1" };
    await run({ FunctionName: ordersOf(one).name, Environment: { Variables } } as never);
    await expect.poll(() => ordersOf(one).lastUpdateStatus, { timeout: 10_000 }).toBe("Successful");
    expect((await order(one)).status).toBe(500);
    expect((await order(other)).status).toBe(200);
    expect(one.changed()).toEqual([ordersOf(one).name]);
    expect(other.changed()).toEqual([]);
    const invocations = (region: HostedRegion) =>
      region.metrics.statistic(
        "AWS/Lambda",
        "Invocations",
        { FunctionName: ordersOf(region).name },
        "Sum",
        0,
        Number.POSITIVE_INFINITY,
      );
    expect(regions.map(invocations)).toEqual([1, 1]);
  });
});
