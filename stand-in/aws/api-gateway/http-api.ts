import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "../../gateway/gateway.ts";
import { apiMayInvoke } from "../../iam/lambda-permissions.ts";
import type { Graph } from "../../templates/cfn/graph.ts";
import { TemplateError } from "../../templates/cfn/intrinsics.ts";
import { ACCOUNT, arn } from "../../templates/cfn/naming.ts";
import type { Metrics } from "../cloudwatch/metrics.ts";
import { THROTTLED } from "../lambda/functions.ts";
import { type ApiAddress, type Invoke, listenForApi } from "./api-server.ts";

export interface ApiServer extends ApiAddress {
  /** Begins to answer, once what stands behind it is there. */
  open(graph: Graph, invoke: Invoke, metrics: Metrics): void;
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly routeKey: string;
  /** Absent when the template does not let API Gateway call the function. */
  readonly functionArn: string | undefined;
}

export async function startApi(apiId: string): Promise<ApiServer> {
  const { answerWith, ...address } = await listenForApi(apiId);
  return {
    ...address,
    open(graph, invoke, metrics) {
      const routes = routesOf(graph, apiId);
      answerWith((request, response) => measured(apiId, routes, invoke, metrics, request, response));
    },
  };
}

async function measured(
  apiId: string,
  routes: readonly Route[],
  invoke: Invoke,
  metrics: Metrics,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const began = performance.now();
  const { status, headers, body, integrationMs } = await respond(routes, invoke, request);
  response.writeHead(status, headers).end(body);
  const latency = performance.now() - began;
  // API Gateway publishes a point of 0 or 1 for each request, so that averages are rates.
  const values = {
    Count: 1,
    Latency: latency,
    IntegrationLatency: integrationMs,
    "4xx": status >= 400 && status < 500 ? 1 : 0,
    "5xx": status >= 500 ? 1 : 0,
  };
  for (const dimensions of [{ ApiId: apiId }, { ApiId: apiId, Stage: "$default" }]) {
    for (const [name, value] of Object.entries(values)) metrics.add("AWS/ApiGateway", name, dimensions, value);
  }
}

interface Response {
  status: number;
  headers: Record<string, string>;
  body: string | Buffer;
  integrationMs: number;
}

async function respond(routes: readonly Route[], invoke: Invoke, request: IncomingMessage): Promise<Response> {
  const json = (status: number, message: string, integrationMs = 0): Response => ({
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ message }),
    integrationMs,
  });
  const url = new URL(request.url ?? "/", "http://api");
  const route = routes.find(
    ({ method, path }) => (method === "ANY" || method === request.method) && path.test(url.pathname),
  );
  const body = await readBody(request);
  if (!route) return json(404, "Not Found");
  if (!route.functionArn) return json(500, "Internal Server Error");
  const began = performance.now();
  const answer = await invoke(route.functionArn, eventOf(request, url, body, route));
  const integrationMs = performance.now() - began;
  if ("error" in answer) {
    // The guide names no status for it; users of HTTP APIs report this one (a REST API would answer 429 or 500).
    if (answer === THROTTLED) return json(503, "Service Unavailable", integrationMs);
    return json(500, "Internal Server Error", integrationMs);
  }
  return { ...responseOf(answer.result), integrationMs };
}

/** A result without a status code is the body itself (as before, "Format of the Lambda function response"). */
function responseOf(result: unknown): Omit<Response, "integrationMs"> {
  const { statusCode, headers, body, isBase64Encoded } = (result ?? {}) as Partial<{
    statusCode: number;
    headers: Record<string, string>;
    body: string;
    isBase64Encoded: boolean;
  }>;
  if (statusCode === undefined) {
    const text = typeof result === "string" ? result : JSON.stringify(result ?? null);
    return { status: 200, headers: { "content-type": "application/json" }, body: text };
  }
  return {
    status: statusCode,
    headers: headers ?? {},
    body: Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8"),
  };
}

/** The event of payload format 2.0 (API Gateway developer guide, "AWS Lambda proxy integrations for HTTP APIs"). */
function eventOf(request: IncomingMessage, url: URL, body: Buffer, route: Route) {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]));
  return {
    version: "2.0",
    routeKey: route.routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers,
    queryStringParameters: Object.fromEntries(url.searchParams),
    pathParameters: route.path.exec(url.pathname)?.groups ?? {},
    requestContext: {
      accountId: ACCOUNT,
      http: {
        method: request.method,
        path: url.pathname,
        protocol: "HTTP/1.1",
        sourceIp: "127.0.0.1",
        userAgent: headers["user-agent"],
      },
      routeKey: route.routeKey,
      stage: "$default",
      timeEpoch: Date.now(),
    },
    body: body.toString(),
    isBase64Encoded: false,
  };
}

function routesOf(graph: Graph, apiId: string): Route[] {
  return graph
    .ofType("AWS::ApiGatewayV2::Route")
    .filter((route) => route.properties.ApiId === apiId)
    .map((route) => {
      const routeKey = String(route.properties.RouteKey);
      if ((route.properties.AuthorizationType ?? "NONE") !== "NONE") {
        throw new TemplateError(`Route ${route.path}: only routes without an authorizer are played.`);
      }
      const [method = "ANY", path = "/"] = routeKey === "$default" ? ["ANY", "/{rest+}"] : routeKey.split(" ");
      const integration = graph.byName(
        "AWS::ApiGatewayV2::Integration",
        String(route.properties.Target).split("/")[1] ?? "",
      );
      const functionArn = String(integration?.properties.IntegrationUri);
      const allowed = apiMayInvoke(graph, functionArn, arn("execute-api", `${apiId}/$default/${method}${path}`));
      return { method, path: patternOf(path), routeKey, functionArn: allowed ? functionArn : undefined };
    })
    .sort((a, b) => vagueness(a.routeKey) - vagueness(b.routeKey));
}

/** The most specific route wins (as before, "Routing API requests"): full paths, then variables, greedy ones, $default. */
function vagueness(routeKey: string): number {
  if (routeKey === "$default") return 1000;
  const kind = routeKey.includes("+}") ? 100 : 10 * routeKey.split("{").length;
  return kind + (routeKey.startsWith("ANY ") ? 1 : 0);
}

const patternOf = (path: string) =>
  new RegExp(
    `^${path
      .replace(/[.*?^$()|[\]\\]/g, "\\$&")
      .replace(/\{(\w+)\+\}/g, "(?<$1>.*)")
      .replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`,
  );
