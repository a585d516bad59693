import { CreateUsagePlanCommand, GetUsagePlanCommand, UpdateUsagePlanCommand } from "@aws-sdk/client-api-gateway";
import { apiThrottle } from "../../../functions/changes/api-throttle.ts";
import { tagsOf } from "../../../functions/changes/resource-tags.ts";
import { createApiGateway } from "../../../stand-in/aws/api-gateway/operations.ts";
import { readUsagePlans } from "../../../stand-in/aws/api-gateway/usage-plans.ts";
import { clientFor } from "../../functions/runtime-for.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { target } from "../../workflows/sample.ts";
import { contracts, errorsOf, pick } from "../contract.ts";
import { storyOf } from "../story.ts";

const tags = { "gameday:target": target.name };
const spec = { kind: "api-throttle", usagePlan: "partner", rate: 2, burst: 1 } as const;
const THROTTLE = { rateLimit: 100, burstLimit: 200 };

interface World {
  /** Ids of a plan with a throttle, and of one without. */
  readonly throttled: string;
  readonly free: string;
}

const withPlan = (id: string) => ({ ...target, usagePlans: { partner: id } });

export const apiGateway = contracts<World>({
  of: "API Gateway",
  async inMoto({ apigateway: client }) {
    const make = async (name: string, more = {}) =>
      (await client.send(new CreateUsagePlanCommand({ name, tags, ...more }))).id!;
    return { throttled: await make("throttled", { throttle: THROTTLE }), free: await make("free") };
  },
  async inStandIn() {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const plan = (UsagePlanName: string, more = {}) => ({
      Type: "AWS::ApiGateway::UsagePlan",
      Properties: { UsagePlanName, Tags, ...more },
    });
    const graph = graphOf({
      Throttled: plan("throttled", { Throttle: { RateLimit: 100, BurstLimit: 200 } }),
      Free: plan("free"),
    });
    const [throttled = "", free = ""] = graph.resources.map(({ name }) => name);
    return {
      clients: { apigateway: clientFor(createApiGateway(readUsagePlans(graph))) },
      world: { throttled, free },
    };
  },
  contracts: {
    "a usage plan, with its tags and with or without a throttle": async (clients, { throttled, free }) => {
      const read = async (usagePlanId: string) =>
        pick(await clients.apigateway.send(new GetUsagePlanCommand({ usagePlanId })), "name", "throttle");
      return {
        throttled: await read(throttled),
        free: await read(free),
        tags: await tagsOf({ field: "usagePlan", name: "partner" }, withPlan(free), clients),
      };
    },
    "the fault api-throttle, where there is a throttle": (clients, { throttled: usagePlanId }) =>
      storyOf(
        apiThrottle,
        spec,
        { clients, target: withPlan(usagePlanId) },
        async () => (await clients.apigateway.send(new GetUsagePlanCommand({ usagePlanId }))).throttle,
      ),
    "the fault api-throttle, where there is none": (clients, { free: usagePlanId }) =>
      storyOf(
        apiThrottle,
        spec,
        { clients, target: withPlan(usagePlanId) },
        async () => (await clients.apigateway.send(new GetUsagePlanCommand({ usagePlanId }))).throttle ?? "none",
      ),
    "what is not there": ({ apigateway: client }) =>
      errorsOf({
        plan: () => client.send(new GetUsagePlanCommand({ usagePlanId: "none" })),
        "to update": () =>
          client.send(
            new UpdateUsagePlanCommand({
              usagePlanId: "none",
              patchOperations: [{ op: "replace", path: "/throttle/rateLimit", value: "1" }],
            }),
          ),
      }),
  },
});
