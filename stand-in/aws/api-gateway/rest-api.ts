import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { readBody } from "../../gateway/gateway.ts";
import type { Graph } from "../../templates/cfn/graph.ts";
import { ACCOUNT } from "../../templates/cfn/naming.ts";
import type { Metrics } from "../cloudwatch/metrics.ts";
import { THROTTLED } from "../lambda/functions.ts";
import { type ApiAddress, type Invoke, listenForApi } from "./api-server.ts";
import { methodsOf, type RestMethod } from "./rest-routes.ts";
import { TokenBucket } from "./token-bucket.ts";
import type { UsagePlans } from "./usage-plans.ts";

interface Backends {
  readonly graph: Graph;
  readonly invoke: Invoke;
  readonly metrics: Metrics;
  readonly plans: UsagePlans;
}

export interface RestApiServer extends ApiAddress {
  /** Begins to answer, once what stands behind it is there. */
  open(backends: Backends): void;
}

interface Response {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer;
  /** Absent when no function was called. */
  readonly integrationMs?: number;
  /** Absent when the path has no stage in it. */
  readonly stage?: string;
}

/** A REST API over HTTP: its address is that of its id, with the stage as the first part of each path. */
export async function startRestApi(apiId: string): Promise<RestApiServer> {
  const { answerWith, ...address } = await listenForApi(apiId);
  return {
    ...address,
    open(backends) {
      const methods = methodsOf(backends.graph, apiId);
      const buckets = new Map<RestMethod, TokenBucket>();
      const name = String(backends.graph.byName("AWS::ApiGateway::RestApi", apiId)?.properties.Name);
      answerWith(async (request, response) => {
        const began = performance.now();
        const answer = await respond(apiId, methods, buckets, backends, request);
        response.writeHead(answer.status, answer.headers).end(answer.body);
        measure(name, answer, performance.now() - began, backends.metrics);
      });
    },
  };
}

function measure(ApiName: string, { status, stage, integrationMs }: Response, latency: number, metrics: Metrics): void {
  const values = {
    Count: 1,
    Latency: latency,
    "4XXError": status >= 400 && status < 500 ? 1 : 0,
    "5XXError": status >= 500 ? 1 : 0,
    ...(integrationMs === undefined ? {} : { IntegrationLatency: integrationMs }),
  };
  for (const dimensions of [{ ApiName }, ...(stage === undefined ? [] : [{ ApiName, Stage: stage }])]) {
    for (const [metric, value] of Object.entries(values)) metrics.add("AWS/ApiGateway", metric, dimensions, value);
  }
}

async function respond(
  apiId: string,
  methods: readonly RestMethod[],
  buckets: Map<RestMethod, TokenBucket>,
  { invoke, plans }: Backends,
  request: IncomingMessage,
): Promise<Response> {
  const url = new URL(request.url ?? "/", "http://api");
  const body = await readBody(request);
  const [, stage = "", rest = "/"] = /^\/([^/]+)(\/.*)?$/.exec(url.pathname) ?? [];
  const onStage = methods.filter((method) => method.stage === stage);
  if (onStage.length === 0) return message(403, "Forbidden");
  const method = onStage.find((one) => (one.method === "ANY" || one.method === request.method) && one.path.test(rest));
  // The name that API Gateway has for a path that is not there.
  if (!method) return { ...message(403, "Missing Authentication Token"), stage };
  const key = request.headers["x-api-key"];
  const verdict = method.apiKeyRequired
    ? plans.admit(apiId, stage, typeof key === "string" ? key : undefined)
    : "admitted";
  if (verdict === "forbidden") return { ...message(403, "Forbidden"), stage };
  if (verdict === "throttled" || !passesStage(method, buckets)) return { ...message(429, "Too Many Requests"), stage };
  if (!method.functionArn) return { ...message(500, "Internal server error"), stage };
  const began = performance.now();
  const answer = await Promise.race([
    invoke(method.functionArn, eventOf(request, url, rest, body, method)),
    timeUp(method.timeoutMs),
  ]);
  const integrated = { stage, integrationMs: performance.now() - began };
  if (answer === undefined) return { ...message(504, "Endpoint request timed out"), ...integrated };
  // What Lambda refuses is a 500, what the function fails at a 502 (Lambda developer guide, "Error handling with an API Gateway API").
  if (answer === THROTTLED) return { ...message(500, "Internal server error"), ...integrated };
  const proxied = "error" in answer ? undefined : responseOf(answer.result);
  return { ...(proxied ?? message(502, "Internal server error")), ...integrated };
}

function passesStage(method: RestMethod, buckets: Map<RestMethod, TokenBucket>): boolean {
  if (!method.throttle) return true;
  const now = performance.now();
  const bucket = buckets.get(method) ?? new TokenBucket(now);
  buckets.set(method, bucket);
  return bucket.take(method.throttle, now);
}

const message = (status: number, text: string): Response => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ message: text }),
});

const timeUp = (ms: number) => new Promise<undefined>((resolve) => setTimeout(resolve, ms, undefined).unref());

/** Undefined for an answer without a status code: a REST API takes it for a malformed one. */
function responseOf(result: unknown): Response | undefined {
  const { statusCode, headers, body, isBase64Encoded } = (result ?? {}) as Partial<{
    statusCode: number;
    headers: Record<string, string>;
    body: string;
    isBase64Encoded: boolean;
  }>;
  if (typeof statusCode !== "number") return undefined;
  return {
    status: statusCode,
    headers: headers ?? {},
    body: Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8"),
  };
}

/** The event of payload format 1.0 (API Gateway developer guide, "Input format of a Lambda function for proxy integration"). */
function eventOf(request: IncomingMessage, url: URL, path: string, body: Buffer, { resource, ...method }: RestMethod) {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]));
  const query = Object.fromEntries(url.searchParams);
  return {
    resource,
    path,
    httpMethod: request.method,
    headers,
    queryStringParameters: Object.keys(query).length > 0 ? query : null,
    pathParameters: method.path.exec(path)?.groups ?? null,
    stageVariables: null,
    requestContext: {
      accountId: ACCOUNT,
      httpMethod: request.method,
      path: url.pathname,
      resourcePath: resource,
      requestId: randomUUID(),
      stage: method.stage,
      identity: { sourceIp: "127.0.0.1", userAgent: headers["user-agent"] ?? null },
      requestTimeEpoch: Date.now(),
    },
    body: body.length > 0 ? body.toString() : null,
    isBase64Encoded: false,
  };
}
