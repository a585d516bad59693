import { describe, expect, test } from "vitest";
import { announceEndpoint } from "../../../rehearsal/cfn/attributes.ts";
import { graphOf } from "../templates.ts";

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
  const endpoint = () => graphOf(resources).ofType("AWS::SSM::Parameter")[0]!.properties.Value;
  expect(endpoint()).toMatch(/^http:\/\/\w+\.not-hosted\.invalid\/prod\/slow$/);
  announceEndpoint(graphOf(resources).ofType("AWS::ApiGateway::RestApi")[0]!.name, "http://127.0.0.1:4711");
  expect(endpoint()).toBe("http://127.0.0.1:4711/prod/slow");
});

test("the address of a front end has no scheme, and is where it will listen", () => {
  const resources = {
    FrontEnd: { Type: "AWS::ElasticBeanstalk::Environment", Properties: { EnvironmentName: "front-end" } },
    Url: { Type: "AWS::SSM::Parameter", Properties: { Value: { "Fn::Sub": "http://${FrontEnd.EndpointURL}" } } },
  };
  const url = () => graphOf(resources).ofType("AWS::SSM::Parameter")[0]!.properties.Value;
  expect(url()).toBe("http://front-end.not-hosted.invalid");
  announceEndpoint("front-end", "http://127.0.0.1:4712");
  expect(url()).toBe("http://127.0.0.1:4712");
});
