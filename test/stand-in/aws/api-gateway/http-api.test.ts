import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ApiServer, startApi } from "../../../../stand-in/aws/api-gateway/http-api.ts";
import { Metrics } from "../../../../stand-in/aws/cloudwatch/metrics.ts";
import type { Answer } from "../../../../stand-in/aws/lambda/execution-environment.ts";
import { THROTTLED } from "../../../../stand-in/aws/lambda/functions.ts";
import type { Template } from "../../../../stand-in/templates/cfn/assembly.ts";
import { graphOf } from "../../templates.ts";

interface Event {
  rawPath: string;
  rawQueryString: string;
  body: string;
  routeKey: string;
  headers: Record<string, string>;
  pathParameters: Record<string, string>;
  queryStringParameters: Record<string, string>;
  requestContext: { http: { method: string; path: string } };
}

/** A template with an API whose routes all lead to one function, which API Gateway may call. */
function templateOf(routeKeys: string[], permission: object | null = {}): Template["Resources"] {
  const routes = routeKeys.map((RouteKey, index) => [
    `Route${index}`,
    {
      Type: "AWS::ApiGatewayV2::Route",
      Properties: { ApiId: { Ref: "Api" }, RouteKey, Target: { "Fn::Sub": "integrations/${Integration}" } },
    },
  ]);
  return {
    Api: { Type: "AWS::ApiGatewayV2::Api" },
    Function: { Type: "AWS::Lambda::Function", Properties: { FunctionName: "orders" } },
    Integration: {
      Type: "AWS::ApiGatewayV2::Integration",
      Properties: { ApiId: { Ref: "Api" }, IntegrationUri: { "Fn::GetAtt": ["Function", "Arn"] } },
    },
    ...Object.fromEntries(routes),
    ...(permission && {
      Permission: {
        Type: "AWS::Lambda::Permission",
        Properties: {
          FunctionName: { "Fn::GetAtt": ["Function", "Arn"] },
          Principal: "apigateway.amazonaws.com",
          SourceArn: { "Fn::Sub": "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*/*" },
          ...permission,
        },
      },
    }),
  };
}

let api: ApiServer;
let metrics: Metrics;
let events: Event[];
let apiId: string;
/** What the function does with an event. */
let answer: (event: Event) => Answer | Promise<Answer>;

beforeEach(async () => {
  apiId = graphOf(templateOf([])).ofType("AWS::ApiGatewayV2::Api")[0]!.name;
  api = await startApi(apiId);
  metrics = new Metrics(() => 0);
  events = [];
  answer = () => ({ result: { statusCode: 200, body: "fine" } });
});
afterEach(() => api.stop());

function open(routeKeys: string[], permission?: object | null) {
  const graph = graphOf(templateOf(routeKeys, permission));
  const invoke = async (_functionArn: string, event: unknown) => {
    events.push(event as Event);
    return answer(event as Event);
  };
  api.open(graph, invoke, metrics);
}
const ask = (path: string, init?: RequestInit) => fetch(`${api.url}${path}`, init);
const points = (name: string, dimensions: Record<string, string>) => ({
  count: metrics.statistic("AWS/ApiGateway", name, dimensions, "SampleCount", 0, 1) ?? 0,
  sum: metrics.statistic("AWS/ApiGateway", name, dimensions, "Sum", 0, 1) ?? 0,
});

test("before anything stands behind it, it says so", async () => {
  expect((await ask("/orders")).status).toBe(503);
});

describe("a request", () => {
  test("reaches the function as an event of payload format 2.0", async () => {
    open(["POST /orders/{id}"]);
    await ask("/orders/7?a=1&b=%20x", { method: "POST", body: '{"item":"ä"}', headers: { "X-Test": "1" } });
    expect(events[0]).toMatchObject({
      version: "2.0",
      routeKey: "POST /orders/{id}",
      rawPath: "/orders/7",
      rawQueryString: "a=1&b=%20x",
      queryStringParameters: { a: "1", b: " x" },
      pathParameters: { id: "7" },
      headers: { "x-test": "1" },
      body: '{"item":"ä"}',
      isBase64Encoded: false,
      requestContext: { http: { method: "POST", path: "/orders/7" } },
    });
  });

  test("is answered with status, headers and body of the function", async () => {
    open(["GET /orders"]);
    answer = () => ({ result: { statusCode: 418, headers: { "x-tea": "green" }, body: "short and stout" } });
    const response = await ask("/orders");
    expect([response.status, response.headers.get("x-tea"), await response.text()]).toEqual([
      418,
      "green",
      "short and stout",
    ]);
  });

  test("is answered with whatever else the function returns, as JSON and 200", async () => {
    open(["GET /orders"]);
    answer = () => ({ result: { orders: [] } });
    const response = await ask("/orders");
    expect([response.status, response.headers.get("content-type"), await response.json()]).toEqual([
      200,
      "application/json",
      { orders: [] },
    ]);
    answer = () => ({ result: "hello" });
    expect(await (await ask("/orders")).text()).toBe("hello");
  });

  test("is answered with bytes where the function says that they are some", async () => {
    open(["GET /orders"]);
    const body = Buffer.from([0, 255, 7]).toString("base64");
    answer = () => ({ result: { statusCode: 200, body, isBase64Encoded: true } });
    expect([...new Uint8Array(await (await ask("/orders")).arrayBuffer())]).toEqual([0, 255, 7]);
  });

  test("that Lambda refuses for want of concurrency is answered with 503, not as the function's failure", async () => {
    open(["GET /orders"]);
    answer = () => THROTTLED;
    const response = await ask("/orders");
    expect([response.status, await response.json()]).toEqual([503, { message: "Service Unavailable" }]);
    expect(points("5xx", { ApiId: apiId })).toEqual({ count: 1, sum: 1 });
    answer = () => ({ error: { errorType: "Throttled", errorMessage: "an error of the function's own" } });
    expect((await ask("/orders")).status).toBe(500);
  });
});

describe("routes", () => {
  test.each<[string[], string, string, string | undefined]>([
    [["GET /orders"], "GET", "/orders", "GET /orders"],
    [["GET /orders"], "POST", "/orders", undefined],
    [["GET /orders"], "GET", "/orders/7", undefined],
    [["ANY /orders"], "DELETE", "/orders", "ANY /orders"],
    [["GET /orders/{id}"], "GET", "/orders/7", "GET /orders/{id}"],
    [["GET /orders/{id}"], "GET", "/orders/7/items", undefined],
    [["GET /{rest+}"], "GET", "/orders/7/items", "GET /{rest+}"],
    [["$default"], "PUT", "/anything/at/all", "$default"],
    [["GET /v1.0/orders"], "GET", "/v1x0/orders", undefined],
    [["$default", "GET /{rest+}", "GET /orders/{id}", "GET /orders/new"], "GET", "/orders/new", "GET /orders/new"],
    [["$default", "GET /{rest+}", "GET /orders/{id}"], "GET", "/orders/7", "GET /orders/{id}"],
    [["$default", "GET /{rest+}"], "GET", "/orders/7", "GET /{rest+}"],
    [["ANY /orders", "GET /orders"], "GET", "/orders", "GET /orders"],
  ])("of %j, %s %s takes %s", async (routeKeys, method, path, taken) => {
    open(routeKeys);
    const { status } = await ask(path, { method });
    expect(events.map(({ routeKey }) => routeKey)).toEqual(taken === undefined ? [] : [taken]);
    expect(status).toBe(taken === undefined ? 404 : 200);
  });
});

describe("what goes wrong", () => {
  test("in the function is a 500 that tells nobody what", async () => {
    open(["GET /orders"]);
    answer = () => ({ error: { errorType: "Error", errorMessage: "secret table" } });
    const response = await ask("/orders");
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: "Internal Server Error" });
  });

  test.each([
    ["no permission at all", null],
    ["a permission for somebody else", { Principal: "events.amazonaws.com" }],
    ["a permission for another function", { FunctionName: "arn:aws:lambda:x:1:function:other" }],
    [
      "a permission for another path",
      { SourceArn: { "Fn::Sub": "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/POST/orders" } },
    ],
    [
      "a permission for another API",
      { SourceArn: { "Fn::Sub": "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:other/*/*/*" } },
    ],
  ])("with %s API Gateway answers 500, and the function never hears of it", async (_what, permission) => {
    open(["GET /orders"], permission);
    expect((await ask("/orders")).status).toBe(500);
    expect(events).toEqual([]);
    expect(points("5xx", { ApiId: apiId })).toEqual({ count: 1, sum: 1 });
  });
});

test("every request is a point of each metric, for the API and for its stage", async () => {
  open(["GET /orders"]);
  const answers: Answer[] = [
    { result: { statusCode: 200 } },
    { result: { statusCode: 400 } },
    { result: { statusCode: 503 } },
    { error: { errorType: "Error", errorMessage: "" } },
  ];
  for (const each of answers) {
    answer = () => each;
    await (await ask("/orders")).text();
  }
  await (await ask("/nowhere")).text();
  for (const dimensions of [{ ApiId: apiId }, { ApiId: apiId, Stage: "$default" }]) {
    expect(points("Count", dimensions)).toEqual({ count: 5, sum: 5 });
    expect(points("4xx", dimensions)).toEqual({ count: 5, sum: 2 });
    expect(points("5xx", dimensions)).toEqual({ count: 5, sum: 2 });
    expect(points("Latency", dimensions).count).toBe(5);
    expect(points("Latency", dimensions).sum).toBeGreaterThan(points("IntegrationLatency", dimensions).sum);
  }
});
