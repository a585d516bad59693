import type { Graph, Resource } from "../../templates/cfn/graph.ts";
import { TemplateError } from "../../templates/cfn/intrinsics.ts";
import { readTags } from "../resource-tags.ts";
import { type Throttle, TokenBucket } from "./token-bucket.ts";

/** What a usage plan is right now. */
export interface UsagePlanRecord {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly stages: readonly { readonly apiId: string; readonly stage: string }[];
  /** The plan's keys by their values. */
  readonly keys: ReadonlySet<string>;
  /** Absent when the plan does not limit the rate. */
  throttle?: Throttle;
}

interface RawPlan {
  readonly UsagePlanName?: string;
  readonly ApiStages?: readonly { ApiId: string; Stage: string; Throttle?: Readonly<Record<string, object>> }[];
  readonly Throttle?: { readonly RateLimit?: number; readonly BurstLimit?: number };
  readonly Quota?: object;
}

/** The templates' usage plans by id. Throws for what is not played: a limit that is not there would hide a fault. */
export function readUsagePlans(graph: Graph): Map<string, UsagePlanRecord> {
  return new Map(graph.ofType("AWS::ApiGateway::UsagePlan").map((plan) => [plan.name, toRecord(plan, graph)]));
}

function toRecord({ name, path, properties }: Resource, graph: Graph): UsagePlanRecord {
  const { UsagePlanName = name, ApiStages = [], Throttle: throttle, Quota } = properties as RawPlan;
  const ofMethods = ApiStages.some(({ Throttle: methods = {} }) => Object.keys(methods).length > 0);
  if (Quota || ofMethods) {
    throw new TemplateError(`Usage plan ${path}: quotas and throttles of single methods are not played.`);
  }
  return {
    id: name,
    name: UsagePlanName,
    path,
    tags: readTags(properties.Tags),
    stages: ApiStages.map(({ ApiId, Stage }) => ({ apiId: ApiId, stage: Stage })),
    keys: keysOf(name, graph),
    ...(throttle ? { throttle: { rate: throttle.RateLimit ?? 0, burst: throttle.BurstLimit ?? 0 } } : {}),
  };
}

function keysOf(planId: string, graph: Graph): Set<string> {
  const ids = graph
    .ofType("AWS::ApiGateway::UsagePlanKey")
    .filter(({ properties }) => properties.UsagePlanId === planId)
    .map(({ properties }) => properties.KeyId);
  const keys = graph
    .ofType("AWS::ApiGateway::ApiKey")
    .filter(({ name, properties }) => ids.includes(name) && properties.Enabled !== false);
  for (const { path, properties } of keys) {
    // API Gateway makes one up, and nothing in a template could refer to it.
    if (properties.Value === undefined)
      throw new TemplateError(`API key ${path}: keys without a value are not played.`);
  }
  return new Set(keys.map(({ properties }) => String(properties.Value)));
}

/** What the plans say of requests with API keys. A key has a bucket of its own in each plan. */
export class UsagePlans {
  readonly records: ReadonlyMap<string, UsagePlanRecord>;
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #now: () => number;

  constructor(graph: Graph, now: () => number = () => performance.now()) {
    this.records = readUsagePlans(graph);
    this.#now = now;
  }

  /** forbidden: the key is in no plan of this stage */
  admit(apiId: string, stage: string, key: string | undefined): "admitted" | "forbidden" | "throttled" {
    const plan = [...this.records.values()].find(
      ({ stages, keys }) =>
        key !== undefined && keys.has(key) && stages.some((one) => one.apiId === apiId && one.stage === stage),
    );
    if (!plan) return "forbidden";
    if (!plan.throttle) return "admitted";
    const now = this.#now();
    const name = `${plan.id}/${key}`;
    const bucket = this.#buckets.get(name) ?? new TokenBucket(now);
    this.#buckets.set(name, bucket);
    return bucket.take(plan.throttle, now) ? "admitted" : "throttled";
  }
}
