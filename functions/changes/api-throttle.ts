import { GetUsagePlanCommand, type PatchOperation, UpdateUsagePlanCommand } from "@aws-sdk/client-api-gateway";
import * as z from "zod";
import type { ApiThrottleFault } from "../../workflows/throttles.ts";
import type { Scene } from "./kind.ts";
import { settingsFault } from "./settings.ts";
import { targetResource } from "./target-resource.ts";

/** A number, or null where the plan has no throttle: "none" and 0 are different, with 0 every request is refused. */
const Limit = z.number().min(0).nullable();
type Limit = z.infer<typeof Limit>;
type Throttle = Readonly<Record<string, Limit>>;

const planOf = ({ usagePlan }: ApiThrottleFault, { target }: Scene) => targetResource("usagePlan", usagePlan, target);
const hadNone = (before: Throttle) => before.rate === null;

const PATHS: Readonly<Record<string, string>> = { rate: "/throttle/rateLimit", burst: "/throttle/burstLimit" };
/** A throttle is removed whole: it always has both limits. */
const patch = (throttle: Throttle): PatchOperation[] =>
  hadNone(throttle)
    ? [{ op: "remove", path: "/throttle" }]
    : Object.entries(throttle).map(([name, limit]) => ({ op: "replace", path: PATHS[name], value: String(limit) }));

/** Lowers the rate and burst of a usage plan. What a stage or a method allows stays as it is. */
export const apiThrottle = settingsFault<ApiThrottleFault, Limit>({
  value: Limit,
  of: ({ usagePlan }) => `usage plan ${usagePlan}`,
  intended: ({ rate, burst }) => ({ rate, burst }),

  async read(spec, scene) {
    const usagePlanId = planOf(spec, scene);
    const { throttle } = await scene.clients.apigateway.send(new GetUsagePlanCommand({ usagePlanId }));
    const values = throttle
      ? { rate: throttle.rateLimit ?? 0, burst: throttle.burstLimit ?? 0 }
      : { rate: null, burst: null };
    return { values, settled: true, state: throttle ? "throttled" : "not throttled" };
  },

  async write(spec, throttle, scene) {
    const usagePlanId = planOf(spec, scene);
    await scene.clients.apigateway.send(new UpdateUsagePlanCommand({ usagePlanId, patchOperations: patch(throttle) }));
  },

  text: (limit) => (limit === null ? "none" : String(limit)),
  together: hadNone,

  byHand(spec, before, scene) {
    const operations = patch(before).map(({ op, path, value }) =>
      [`op=${op}`, `path=${path}`, ...(value === undefined ? [] : [`value=${value}`])].join(","),
    );
    return [
      `aws apigateway update-usage-plan --usage-plan-id ${planOf(spec, scene)} --patch-operations ${operations.join(" ")}`,
    ];
  },
});
