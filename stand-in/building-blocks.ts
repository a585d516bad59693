import { createApiGateway } from "./aws/api-gateway/operations.ts";
import { UsagePlans } from "./aws/api-gateway/usage-plans.ts";
import type { Metrics } from "./aws/cloudwatch/metrics.ts";
import { createEventBridge } from "./aws/eventbridge/operations.ts";
import type { Event } from "./aws/eventbridge/patterns.ts";
import { type RuleRecord, readRules } from "./aws/eventbridge/rules.ts";
import type { Service } from "./aws/operation.ts";
import { createSecrets } from "./aws/secrets-manager/operations.ts";
import { createSqs } from "./aws/sqs/operations.ts";
import { Queues } from "./aws/sqs/queues.ts";
import { createSsm } from "./aws/ssm/operations.ts";
import { queueTags, ruleTags } from "./aws/tag-lists.ts";
import type { JsonServices } from "./gateway/json-services.ts";
import type { Graph, IsThere } from "./templates/cfn/graph.ts";

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
