import { describe, expect, test } from "vitest";
import type { Endpoints } from "../../../../stand-in/templates/cfn/naming.ts";
import { graphOf } from "../../templates.ts";
import { versioned } from "../../versioned.ts";

describe("a rule", () => {
  const graph = graphOf({
    Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "notices" } },
    Own: { Type: "AWS::Events::Rule", Properties: { Name: "own", EventBusName: { Ref: "Bus" } } },
    Plain: { Type: "AWS::Events::Rule", Properties: { Name: "plain" } },
    Seen: {
      Type: "AWS::SSM::Parameter",
      Properties: { Value: { "Fn::Join": [" ", [{ Ref: "Own" }, { "Fn::GetAtt": ["Own", "Arn"] }]] } },
    },
  });

  test("on a bus of one's own has the bus in its names", () => {
    const [seen] = graph.ofType("AWS::SSM::Parameter");
    expect(seen!.properties.Value).toBe("notices|own arn:aws:events:rehearsal-1:000000000000:rule/notices/own");
  });

  test("on the account's bus has not", () => {
    expect(graph.byArn("arn:aws:events:rehearsal-1:000000000000:rule/plain")?.ref).toBe("plain");
  });
});

describe("a version and an alias", () => {
  const graph = graphOf({
    Fn: { Type: "AWS::Lambda::Function", Properties: { FunctionName: "orders" } },
    ...versioned({ "Fn::GetAtt": ["Fn", "Arn"] }),
    Seen: {
      Type: "AWS::SSM::Parameter",
      Properties: {
        Value: { "Fn::Sub": "${First} ${First.Version} ${Second.FunctionArn} ${Live} ${Live.AliasArn}" },
      },
    },
  });

  test("are their function's ARN with their number or name behind it; versions count from 1", () => {
    const arn = "arn:aws:lambda:rehearsal-1:000000000000:function:orders";
    const [seen] = graph.ofType("AWS::SSM::Parameter");
    expect(seen!.properties.Value).toBe(`${arn}:1 1 ${arn}:2 ${arn}:live ${arn}:live`);
    expect(graph.skipped).toEqual([]);
  });
});

test("the address of a REST API, which templates put together, is where it listens", () => {
  const resources = {
    Api: { Type: "AWS::ApiGateway::RestApi" },
    Stage: { Type: "AWS::ApiGateway::Stage", Properties: { StageName: "prod", RestApiId: { Ref: "Api" } } },
    Endpoint: {
      Type: "AWS::SSM::Parameter",
      Properties: {
        Value: { "Fn::Sub": "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${Stage}/slow" },
      },
    },
  };
  const endpoint = (at?: Endpoints) => graphOf(resources, {}, at).ofType("AWS::SSM::Parameter")[0]!.properties.Value;
  expect(endpoint()).toMatch(/^http:\/\/\w+\.not-hosted\.invalid\/prod\/slow$/);
  const [api] = graphOf(resources).ofType("AWS::ApiGateway::RestApi");
  expect(endpoint(new Map([[api!.name, "http://127.0.0.1:4711"]]))).toBe("http://127.0.0.1:4711/prod/slow");
});

test("the address of a front end has no scheme, and is where it will listen", () => {
  const resources = {
    FrontEnd: { Type: "AWS::ElasticBeanstalk::Environment", Properties: { EnvironmentName: "front-end" } },
    Url: { Type: "AWS::SSM::Parameter", Properties: { Value: { "Fn::Sub": "http://${FrontEnd.EndpointURL}" } } },
  };
  const url = (at?: Endpoints) => graphOf(resources, {}, at).ofType("AWS::SSM::Parameter")[0]!.properties.Value;
  expect(url()).toBe("http://front-end.not-hosted.invalid");
  expect(url(new Map([["front-end", "http://127.0.0.1:4712"]]))).toBe("http://127.0.0.1:4712");
});
