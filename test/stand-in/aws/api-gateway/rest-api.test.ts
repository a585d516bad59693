import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type RestApiServer, startRestApi } from "../../../../stand-in/aws/api-gateway/rest-api.ts";
import { UsagePlans } from "../../../../stand-in/aws/api-gateway/usage-plans.ts";
import { Metrics } from "../../../../stand-in/aws/cloudwatch/metrics.ts";
import type { Answer } from "../../../../stand-in/aws/lambda/execution-environment.ts";
import { THROTTLED } from "../../../../stand-in/aws/lambda/functions.ts";
import type { Template } from "../../../../stand-in/templates/cfn/assembly.ts";
import { TemplateError } from "../../../../stand-in/templates/cfn/intrinsics.ts";
import { graphOf } from "../../templates.ts";

const ofApi = (Type: string, Properties: object) => ({
  Type,
  Properties: { RestApiId: { Ref: "Api" }, ...Properties },
});
const method = (HttpMethod: string, ResourceId: object, more = {}) =>
  ofApi("AWS::ApiGateway::Method", {
    HttpMethod,
    ResourceId,
    AuthorizationType: "NONE",
    Integration: {
      Type: "AWS_PROXY",
      Uri: {
        "Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations",
      },
    },
    ...more,
  });
const template = (change: (resources: Template["Resources"]) => void = () => {}): Template["Resources"] => {
  const resources: Template["Resources"] = {
    Api: { Type: "AWS::ApiGateway::RestApi", Properties: { Name: "shop" } },
    Function: { Type: "AWS::Lambda::Function", Properties: { FunctionName: "slow" } },
    Permission: {
      Type: "AWS::Lambda::Permission",
      Properties: {
        FunctionName: { "Fn::GetAtt": ["Function", "Arn"] },
        Principal: "apigateway.amazonaws.com",
        SourceArn: { "Fn::Sub": "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/prod/*/*" },
      },
    },
    Stage: ofApi("AWS::ApiGateway::Stage", { StageName: "prod" }),
    Orders: ofApi("AWS::ApiGateway::Resource", {
      ParentId: { "Fn::GetAtt": ["Api", "RootResourceId"] },
      PathPart: "orders",
    }),
    One: ofApi("AWS::ApiGateway::Resource", { ParentId: { Ref: "Orders" }, PathPart: "{id}" }),
    Post: method("POST", { Ref: "Orders" }, { ApiKeyRequired: true }),
    Get: method("GET", { Ref: "One" }),
    Key: { Type: "AWS::ApiGateway::ApiKey", Properties: { Value: "sesame" } },
    Plan: {
      Type: "AWS::ApiGateway::UsagePlan",
      Properties: {
        ApiStages: [{ ApiId: { Ref: "Api" }, Stage: { Ref: "Stage" } }],
        Throttle: { RateLimit: 0.01, BurstLimit: 3 },
      },
    },
    PlanKey: {
      Type: "AWS::ApiGateway::UsagePlanKey",
      Properties: { KeyId: { Ref: "Key" }, UsagePlanId: { Ref: "Plan" }, KeyType: "API_KEY" },
    },
  };
  change(resources);
  return resources;
};

let api: RestApiServer | undefined;
let metrics: Metrics;
let events: Record<string, unknown>[];
let answer: () => Answer | Promise<Answer>;
beforeEach(() => {
  metrics = new Metrics(() => 0);
  events = [];
  answer = () => ({ result: { statusCode: 200, body: "fine" } });
});
afterEach(() => api?.stop());

async function open(change?: (resources: Template["Resources"]) => void): Promise<UsagePlans> {
  const graph = graphOf(template(change));
  const plans = new UsagePlans(graph);
  api = await startRestApi(graph.ofType("AWS::ApiGateway::RestApi")[0]!.name);
  api.open({
    graph,
    metrics,
    plans,
    invoke: async (_arn, event) => {
      events.push(event as Record<string, unknown>);
      return answer();
    },
  });
  return plans;
}
const ask = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(`${api!.url}${path}`, init);
  return [response.status, await response.text()];
};
const post = (key?: string) =>
  ask("/prod/orders", { method: "POST", body: "{}", headers: key === undefined ? {} : { "x-api-key": key } });
const metric = (name: string, dimensions = {}) =>
  metrics.statistic("AWS/ApiGateway", name, { ApiName: "shop", ...dimensions }, "Sum", 0, 1);

describe("a request", () => {
  test("reaches the function as payload format 1.0", async () => {
    await open();
    expect(await ask("/prod/orders/42?full=yes")).toEqual([200, "fine"]);
    expect(events).toMatchObject([
      {
        resource: "/orders/{id}",
        path: "/orders/42",
        httpMethod: "GET",
        pathParameters: { id: "42" },
        queryStringParameters: { full: "yes" },
        body: null,
        requestContext: { stage: "prod", path: "/prod/orders/42" },
      },
    ]);
  });

  test("to a path or a stage that is not there is forbidden, in API Gateway's words", async () => {
    await open();
    expect(await ask("/prod/nothing")).toEqual([403, '{"message":"Missing Authentication Token"}']);
    expect(await ask("/test/orders/42")).toEqual([403, '{"message":"Forbidden"}']);
    expect(events).toEqual([]);
  });

  test("without the key, or with another one, is forbidden", async () => {
    await open();
    expect(await post()).toEqual([403, '{"message":"Forbidden"}']);
    expect(await post("open")).toEqual([403, '{"message":"Forbidden"}']);
    expect(await post("sesame")).toEqual([200, "fine"]);
  });

  test("beyond the plan's rate is refused and counted, and passes once the plan is changed", async () => {
    const plans = await open();
    const answers = [await post("sesame"), await post("sesame"), await post("sesame"), await post("sesame")];
    expect(answers.map(([status]) => status)).toEqual([200, 200, 200, 429]);
    expect(answers[3]).toEqual([429, '{"message":"Too Many Requests"}']);
    expect([metric("Count"), metric("4XXError"), metric("5XXError")]).toEqual([4, 1, 0]);
    expect(metric("4XXError", { Stage: "prod" })).toBe(1);
    delete [...plans.records.values()][0]!.throttle;
    expect((await post("sesame"))[0]).toBe(200);
  });

  test("beyond the stage's own rate is refused too", async () => {
    await open(({ Stage }) => {
      Stage!.Properties!.MethodSettings = [
        { HttpMethod: "*", ResourcePath: "/*", ThrottlingRateLimit: 0.01, ThrottlingBurstLimit: 1 },
      ];
    });
    expect([(await ask("/prod/orders/1"))[0], (await ask("/prod/orders/1"))[0]]).toEqual([200, 429]);
  });
});

describe("what is wrong behind it", () => {
  test.each([
    ["a function that fails", 502, { error: { errorType: "Error", errorMessage: "no" } }],
    ["an answer without a status", 502, { result: "fine" }],
    ["a function that Lambda throttles", 500, THROTTLED],
  ])("%s is a %i", async (_what, status, given) => {
    await open();
    answer = () => given as Answer;
    expect(await ask("/prod/orders/42")).toEqual([status, '{"message":"Internal server error"}']);
    expect(metric("5XXError")).toBe(1);
  });

  test("a function that takes longer than its integration may is a 504", async () => {
    await open(({ Get }) => {
      (Get!.Properties!.Integration as { TimeoutInMillis: number }).TimeoutInMillis = 50;
    });
    answer = () => new Promise(() => {});
    expect(await ask("/prod/orders/42")).toEqual([504, '{"message":"Endpoint request timed out"}']);
  });

  test("a function that API Gateway may not call is a 500, and never hears of it", async () => {
    await open((resources) => {
      delete resources.Permission;
    });
    expect((await ask("/prod/orders/42"))[0]).toBe(500);
    expect(events).toEqual([]);
  });
});

test.each<[string, (resources: Template["Resources"]) => void]>([
  ["an authorizer", ({ Get }) => Object.assign(Get!.Properties!, { AuthorizationType: "AWS_IAM" })],
  ["a quota", ({ Plan }) => Object.assign(Plan!.Properties!, { Quota: { Limit: 1, Period: "DAY" } })],
  ["a key that AWS makes up", ({ Key }) => Object.assign(Key!, { Properties: {} })],
])("%s is not played, and that is said", async (_what, change) => {
  await expect(open(change)).rejects.toThrow(TemplateError);
});
