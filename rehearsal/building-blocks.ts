import type { Graph, IsThere } from "./cfn/graph.ts";
import type { Event } from "./events/patterns.ts";
import { type RuleRecord, readRules } from "./events/rules.ts";
import type { JsonServices } from "./hosts/json-services.ts";
import { UsagePlans } from "./hosts/usage-plans.ts";
import { Queues } from "./queues/queues.ts";
import { createApiGateway } from "./services/api-gateway.ts";
import { createEventBridge } from "./services/eventbridge.ts";
import type { Metrics } from "./services/metrics.ts";
import type { Service } from "./services/operation.ts";
import { createSecrets } from "./services/secrets.ts";
import { createSqs } from "./services/sqs.ts";
import { createSsm } from "./services/ssm.ts";
import { queueTags, ruleTags } from "./services/tag-lists.ts";

interface Surroundings {
  readonly graph: Graph;
  readonly metrics: Metrics;
  readonly salt: string;
  /** Puts an application's event on a bus. */
  put(event: Event, busName: string): void;
  /** Default: everything is there from the beginning. */
  readonly isThere?: IsThere;
}

/** What systems are built of beside functions, as it is right now, and the services by which it is used and changed. */
export interface BuildingBlocks {
  readonly rules: readonly RuleRecord[];
  readonly queues: Queues;
  readonly plans: UsagePlans;
  readonly services: Readonly<Record<"apigateway" | "eventbridge" | "sqs" | "ssm", Service>>;
  /** Those of them that hosted functions call over HTTP. */
  readonly overHttp: JsonServices;
}

export function createBuildingBlocks({ graph, metrics, salt, put, isThere }: Surroundings): BuildingBlocks {
  const rules = readRules(graph);
  const queues = new Queues(graph, metrics);
  const plans = new UsagePlans(graph);
  const services = {
    apigateway: createApiGateway(plans.records),
    eventbridge: { ...createEventBridge({ graph, rules, put }), ...ruleTags(rules) },
    sqs: { ...createSqs(queues), ...queueTags((url) => queues.byUrl(url)) },
    ssm: createSsm(graph.ofType("AWS::SSM::Parameter"), isThere),
  };
  return {
    ...{ rules, queues, plans, services },
    overHttp: {
      AWSEvents: services.eventbridge,
      AmazonSQS: services.sqs,
      AmazonSSM: services.ssm,
      secretsmanager: createSecrets(graph, salt),
    },
  };
}
