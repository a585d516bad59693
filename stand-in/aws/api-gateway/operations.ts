import type {
  GetUsagePlanCommandInput,
  GetUsagePlanCommandOutput,
  PatchOperation,
  UpdateUsagePlanCommandInput,
  UpdateUsagePlanCommandOutput,
  UsagePlan,
} from "@aws-sdk/client-api-gateway";
import * as z from "zod";
import { byName, endpointOf, onlyId, REGION, type Types } from "../../templates/cfn/naming.ts";
import { operation, ServiceError } from "../operation.ts";
import { tagContext } from "../resource-tags.ts";
import type { Part, Service } from "../service.ts";
import type { UsagePlanRecord } from "./usage-plans.ts";

/** API Gateway as far as usage plans go. A change is in effect with the next request. */
export function createApiGateway(plans: ReadonlyMap<string, UsagePlanRecord>): Service {
  const find = (id: string | undefined): UsagePlanRecord => {
    const plan = plans.get(id ?? "");
    if (plan) return plan;
    throw new ServiceError("NotFoundException", "Invalid Usage Plan identifier specified", 404);
  };
  const needs =
    (action: string) =>
    ({ usagePlanId }: { usagePlanId: string | undefined }) => {
      const resource = `arn:aws:apigateway:${REGION}::/usageplans/${usagePlanId}`;
      return [{ action: `apigateway:${action}`, resource, context: tagContext(plans.get(usagePlanId ?? "")?.tags) }];
    };

  return {
    parts: [...plans.values()].map(partOf),
    operations: {
      GetUsagePlan: operation<GetUsagePlanCommandInput, GetUsagePlanCommandOutput>({
        needs: needs("GET"),
        run: async ({ usagePlanId }) => describe(find(usagePlanId)),
      }),
      UpdateUsagePlan: operation<UpdateUsagePlanCommandInput, UpdateUsagePlanCommandOutput>({
        mutates: true,
        needs: needs("PATCH"),
        run: async ({ usagePlanId, patchOperations = [] }) => {
          const plan = find(usagePlanId);
          const throttle = patchOperations.reduce(patched, plan.throttle);
          if (throttle) plan.throttle = throttle;
          else delete plan.throttle;
          return describe(plan);
        },
      }),
    },
  };
}

const Limits = z.object({ rate: z.number(), burst: z.number() });

/** A plan without limits has neither: its state is empty. */
const partOf = (plan: UsagePlanRecord): Part => ({
  field: "usagePlan",
  id: plan.id,
  name: plan.path,
  read: () => ({ ...plan.throttle }),
  write(state) {
    if (Object.keys(state).length === 0) delete plan.throttle;
    else plan.throttle = Limits.parse(state);
  },
});

const FIELDS: Readonly<Record<string, "rate" | "burst">> = {
  "/throttle/rateLimit": "rate",
  "/throttle/burstLimit": "burst",
};

function patched(throttle: UsagePlanRecord["throttle"], { op, path = "", value }: PatchOperation) {
  if (op === "remove" && path === "/throttle") return undefined;
  const field = FIELDS[path];
  const limit = Number(value);
  if ((op !== "replace" && op !== "add") || !field || !(limit >= 0)) {
    throw new ServiceError("BadRequestException", `Invalid patch: ${op} ${path} ${value}`);
  }
  return { rate: 0, burst: 0, ...throttle, [field]: limit };
}

const describe = ({ id, name, stages, tags, throttle }: UsagePlanRecord): UsagePlan => ({
  id,
  name,
  apiStages: stages.map((one) => ({ ...one })),
  tags: { ...tags },
  ...(throttle ? { throttle: { rateLimit: throttle.rate, burstLimit: throttle.burst } } : {}),
});

/** What has an id of ten letters and digits on AWS, in place of a name. */
const shortId = (random: string): string => random.slice(0, 10);

export const apiGatewayTypes: Types = {
  "AWS::ApiGateway::ApiKey": { ref: byName, attributes: { APIKeyId: byName }, generated: shortId },
  "AWS::ApiGateway::Deployment": { ref: byName, attributes: { DeploymentId: byName }, generated: shortId },
  "AWS::ApiGateway::Method": onlyId,
  "AWS::ApiGateway::Resource": { ref: byName, attributes: { ResourceId: byName }, generated: shortId },
  "AWS::ApiGateway::RestApi": {
    ref: byName,
    attributes: { RestApiId: byName, RootResourceId: ({ name }) => `${name}root` },
    generated: shortId,
  },
  "AWS::ApiGateway::Stage": { ref: ({ properties }) => String(properties.StageName), attributes: {} },
  "AWS::ApiGateway::UsagePlan": { ref: byName, attributes: { Id: byName }, generated: shortId },
  "AWS::ApiGateway::UsagePlanKey": onlyId,
  "AWS::ApiGatewayV2::Api": {
    ref: byName,
    attributes: { ApiEndpoint: ({ name }, endpoints) => endpointOf(endpoints, name), ApiId: byName },
    generated: shortId,
  },
  "AWS::ApiGatewayV2::Integration": onlyId,
  "AWS::ApiGatewayV2::Route": onlyId,
  "AWS::ApiGatewayV2::Stage": { ref: ({ properties }) => String(properties.StageName), attributes: {} },
};
