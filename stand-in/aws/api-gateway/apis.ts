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
  /** Begins to answer, once what stands behind them is there. */
  open(backends: Backends): void;
  stop(): Promise<void>;
}

const API_TYPES: ReadonlySet<string> = new Set(["AWS::ApiGatewayV2::Api", "AWS::ApiGateway::RestApi"]);

/** Listens for every API. The templates are resolved after it: addresses are part of them. */
export async function startApis(draft: Graph): Promise<Apis> {
  const http = await Promise.all(draft.ofType("AWS::ApiGatewayV2::Api").map(({ name }) => startApi(name)));
  const rest = await Promise.all(draft.ofType("AWS::ApiGateway::RestApi").map(({ name }) => startRestApi(name)));
  const addresses = [...http, ...rest];
  return {
    addresses,
    open(backends) {
      for (const api of http) api.open(backends.graph, backends.invoke, backends.metrics);
      for (const api of rest) api.open(backends);
      for (const { apiId, reachableWhile } of addresses) {
        const resource = backends.graph.resources.find(({ name, type }) => name === apiId && API_TYPES.has(type));
        if (resource) reachableWhile(() => backends.isThere(resource));
      }
    },
    async stop() {
      await Promise.all(addresses.map((api) => api.stop()));
    },
  };
}
