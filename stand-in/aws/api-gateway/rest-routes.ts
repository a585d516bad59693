import { apiMayInvoke } from "../../iam/lambda-permissions.ts";
import type { Graph, Resource } from "../../templates/cfn/graph.ts";
import { TemplateError } from "../../templates/cfn/intrinsics.ts";
import { arn } from "../../templates/cfn/naming.ts";
import type { Throttle } from "./token-bucket.ts";

/** A method of a REST API on one of its stages. */
export interface RestMethod {
  readonly stage: string;
  readonly method: string;
  /** Such as `/orders/{id}`. */
  readonly resource: string;
  readonly path: RegExp;
  readonly apiKeyRequired: boolean;
  readonly timeoutMs: number;
  /** What the stage lets through for this method; absent when it says nothing. */
  readonly throttle: Throttle | undefined;
  /** Absent when the template does not let API Gateway call the function. */
  readonly functionArn: string | undefined;
}

interface RawMethod {
  readonly ResourceId: string;
  readonly HttpMethod: string;
  readonly ApiKeyRequired?: boolean;
  readonly AuthorizationType?: string;
  readonly Integration?: { readonly Type?: string; readonly Uri?: string; readonly TimeoutInMillis?: number };
}

/** What API Gateway waits for an integration when its method does not say (its quotas for REST APIs). */
const INTEGRATION_TIMEOUT_MS = 29_000;

/** Every method of the API on every stage, the most specific path first. */
export function methodsOf(graph: Graph, apiId: string): RestMethod[] {
  const ofApi = (type: string) => graph.ofType(type).filter(({ properties }) => properties.RestApiId === apiId);
  const resources = new Map(ofApi("AWS::ApiGateway::Resource").map((resource) => [resource.name, resource]));
  const pathOf = (id: string): string => {
    const resource = resources.get(id);
    return resource ? `${pathOf(String(resource.properties.ParentId))}/${resource.properties.PathPart}` : "";
  };
  return ofApi("AWS::ApiGateway::Stage").flatMap((stage) =>
    ofApi("AWS::ApiGateway::Method")
      .map((method) => toMethod(graph, apiId, stage, method, pathOf(String(method.properties.ResourceId)) || "/"))
      .sort((a, b) => a.resource.split("{").length - b.resource.split("{").length),
  );
}

function toMethod(graph: Graph, apiId: string, stage: Resource, method: Resource, resource: string): RestMethod {
  const raw = method.properties as unknown as RawMethod;
  const { Type, Uri = "", TimeoutInMillis = INTEGRATION_TIMEOUT_MS } = raw.Integration ?? {};
  if (Type !== "AWS_PROXY" || (raw.AuthorizationType ?? "NONE") !== "NONE") {
    throw new TemplateError(`Method ${method.path}: only integrations AWS_PROXY without an authorizer are played.`);
  }
  const functionArn = /\/functions\/([^/]+)\/invocations$/.exec(Uri)?.[1] ?? "";
  const source = arn("execute-api", `${apiId}/${stage.ref}/${raw.HttpMethod}${resource}`);
  return {
    stage: stage.ref,
    method: raw.HttpMethod,
    resource,
    path: patternOf(resource),
    apiKeyRequired: raw.ApiKeyRequired === true,
    timeoutMs: TimeoutInMillis,
    throttle: stageThrottle(stage, raw.HttpMethod, resource),
    functionArn: apiMayInvoke(graph, functionArn, source) ? functionArn : undefined,
  };
}

interface MethodSetting {
  readonly HttpMethod?: string;
  readonly ResourcePath?: string;
  readonly ThrottlingRateLimit?: number;
  readonly ThrottlingBurstLimit?: number;
}

/** The stage's settings for the method itself, or else for all of its methods. */
function stageThrottle({ properties }: Resource, method: string, resource: string): Throttle | undefined {
  const settings = ((properties.MethodSettings ?? []) as MethodSetting[]).filter(
    ({ ThrottlingRateLimit }) => ThrottlingRateLimit !== undefined,
  );
  const own = settings.find(({ HttpMethod, ResourcePath }) => HttpMethod === method && ResourcePath === resource);
  const all = settings.find(({ HttpMethod, ResourcePath }) => HttpMethod === "*" && ResourcePath === "/*");
  const found = own ?? all;
  return found && { rate: found.ThrottlingRateLimit!, burst: found.ThrottlingBurstLimit ?? 5000 };
}

const patternOf = (resource: string) =>
  new RegExp(
    `^${resource
      .replace(/[.*?^$()|[\]\\]/g, "\\$&")
      .replace(/\{(\w+)\+\}/g, "(?<$1>.+)")
      .replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}/?$`,
  );
