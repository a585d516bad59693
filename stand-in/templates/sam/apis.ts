import type { TemplateResource } from "../cfn/assembly.ts";

type Resources = Record<string, TemplateResource>;

/** A method on a path that calls a function. */
export interface ApiRoute {
  /** Logical id of the function. */
  readonly functionId: string;
  /** Logical id of the route's own resources: the function's and the event's. */
  readonly id: string;
  /** As in the template; `any` is every method. */
  readonly method: string;
  readonly path: string;
  readonly apiKeyRequired: boolean;
  /** Whether somebody has to let callers in: nothing of the kind is played, which the host says. */
  readonly authorised: boolean;
}

const attribute = (id: string, name: string) => ({ "Fn::GetAtt": [id, name] });

const permission = (functionId: string, apiId: string): TemplateResource => ({
  Type: "AWS::Lambda::Permission",
  Properties: {
    Action: "lambda:InvokeFunction",
    FunctionName: { Ref: functionId },
    Principal: "apigateway.amazonaws.com",
    SourceArn: {
      "Fn::Sub": [
        "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${api}/*",
        { api: { Ref: apiId } },
      ],
    },
  },
});

/** An HTTP API of format 2.0, deployed to its default stage by itself. */
export function httpApiResources(
  id: string,
  properties: Record<string, unknown>,
  routes: readonly ApiRoute[],
): Resources {
  const resources: Resources = {
    [id]: { Type: "AWS::ApiGatewayV2::Api", Properties: { Name: properties.Name ?? id, ProtocolType: "HTTP" } },
    [`${id}ApiGatewayDefaultStage`]: {
      Type: "AWS::ApiGatewayV2::Stage",
      Properties: { ApiId: { Ref: id }, StageName: "$default", AutoDeploy: true },
    },
  };
  for (const route of routes) {
    const isDefault = route.path === "";
    resources[`${route.id}Permission`] = permission(route.functionId, id);
    resources[`${route.id}Integration`] = {
      Type: "AWS::ApiGatewayV2::Integration",
      Properties: {
        ApiId: { Ref: id },
        IntegrationType: "AWS_PROXY",
        IntegrationUri: attribute(route.functionId, "Arn"),
        PayloadFormatVersion: "2.0",
      },
    };
    resources[`${route.id}Route`] = {
      Type: "AWS::ApiGatewayV2::Route",
      Properties: {
        ApiId: { Ref: id },
        RouteKey: isDefault ? "$default" : `${httpMethod(route)} ${route.path}`,
        Target: { "Fn::Sub": ["integrations/${integration}", { integration: { Ref: `${route.id}Integration` } }] },
        ...(route.authorised ? { AuthorizationType: "JWT" } : {}),
      },
    };
  }
  return resources;
}

/** A REST API, its resources one for each part of a path, and its stage. */
export function restApiResources(
  id: string,
  { StageName, Name = id, MethodSettings }: Record<string, unknown>,
  routes: readonly ApiRoute[],
): Resources {
  const resources: Resources = {
    [id]: { Type: "AWS::ApiGateway::RestApi", Properties: { Name } },
    [`${id}Deployment`]: { Type: "AWS::ApiGateway::Deployment", Properties: { RestApiId: { Ref: id } } },
    [`${id}${typeof StageName === "string" ? StageName : ""}Stage`]: {
      Type: "AWS::ApiGateway::Stage",
      Properties: {
        RestApiId: { Ref: id },
        DeploymentId: { Ref: `${id}Deployment` },
        StageName,
        ...(MethodSettings === undefined ? {} : { MethodSettings }),
      },
    },
  };
  for (const route of routes) {
    const parts = route.path.split("/").filter((part) => part !== "");
    const resourceIds = parts.map(
      (_, index) =>
        `${id}Resource${parts
          .slice(0, index + 1)
          .map(asId)
          .join("")}`,
    );
    for (const [index, resourceId] of resourceIds.entries()) {
      const parent = resourceIds[index - 1];
      resources[resourceId] = {
        Type: "AWS::ApiGateway::Resource",
        Properties: {
          RestApiId: { Ref: id },
          ParentId: parent === undefined ? attribute(id, "RootResourceId") : { Ref: parent },
          PathPart: parts[index],
        },
      };
    }
    const last = resourceIds.at(-1);
    resources[`${route.id}Permission`] = permission(route.functionId, id);
    resources[`${route.id}Method`] = {
      Type: "AWS::ApiGateway::Method",
      Properties: {
        RestApiId: { Ref: id },
        ResourceId: last === undefined ? attribute(id, "RootResourceId") : { Ref: last },
        HttpMethod: httpMethod(route),
        ApiKeyRequired: route.apiKeyRequired,
        AuthorizationType: route.authorised ? "CUSTOM" : "NONE",
        Integration: {
          Type: "AWS_PROXY",
          Uri: {
            "Fn::Sub": [
              "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${function}/invocations",
              { function: attribute(route.functionId, "Arn") },
            ],
          },
        },
      },
    };
  }
  return resources;
}

const httpMethod = ({ method }: ApiRoute) => (method.toLowerCase() === "any" ? "ANY" : method.toUpperCase());

/** Letters and digits only; `{id}` and `id` are different parts. */
const asId = (part: string) => part.replace(/[^A-Za-z0-9]/g, (sign) => `x${sign.charCodeAt(0)}`);
