import type { Graph, IsThere } from "../../templates/cfn/graph.ts";
import type { Metrics } from "../cloudwatch/metrics.ts";
import type { ApiAddress, Invoke } from "./api-server.ts";
import { startApi } from "./http-api.ts";
import { startRestApi } from "./rest-api.ts";
import type { UsagePlans } from "./usage-plans.ts";

interface Backends {
  readonly graph: Graph;
  readonly invoke: Invoke;
  readonly metrics: Metrics;
  readonly plans: UsagePlans;
  readonly isThere: IsThere;
}

/** The HTTP and REST APIs of the templates. */
export interface Apis {
  readonly addresses: readonly ApiAddress[];
  /** Where each of them listens, by its id. */
  readonly endpoints: readonly (readonly [id: string, url: string])[];
  /** Begins to answer, once what stands behind them is there. */
  open(backends: Backends): void;
  stop(): Promise<void>;
}

const HTTP_API = "AWS::ApiGatewayV2::Api";
const REST_API = "AWS::ApiGateway::RestApi";

/** Listens for every API. The templates are resolved after it: addresses are part of them. */
export async function startApis(idsOf: (type: string) => readonly string[]): Promise<Apis> {
  const http = await Promise.all(idsOf(HTTP_API).map(startApi));
  const rest = await Promise.all(idsOf(REST_API).map(startRestApi));
  const addresses = [...http, ...rest];
  return {
    addresses,
    endpoints: addresses.map(({ apiId, url }) => [apiId, url] as const),
    open(backends) {
      for (const api of http) api.open(backends.graph, backends.invoke, backends.metrics);
      for (const api of rest) api.open(backends);
      for (const { apiId, reachableWhile } of addresses) {
        const resource = backends.graph.byName(HTTP_API, apiId) ?? backends.graph.byName(REST_API, apiId);
        if (resource) reachableWhile(() => backends.isThere(resource));
      }
    },
    async stop() {
      await Promise.all(addresses.map((api) => api.stop()));
    },
  };
}
