import type { TemplateResource } from "../cfn/assembly.ts";
import type { ApiRoute } from "./apis.ts";
import type { SamEvent, SamFunction } from "./serverless.ts";

type Resources = Record<string, TemplateResource>;

/** The APIs that SAM makes for events that name none. */
export const IMPLICIT_HTTP_API = "ServerlessHttpApi";
export const IMPLICIT_REST_API = "ServerlessRestApi";

/** What an event makes: a route of an API, or resources. */
interface Wired {
  readonly route?: { readonly apiId: string; readonly route: ApiRoute };
  readonly resources?: Resources;
}

type Wire = (functionId: string, id: string, properties: Record<string, unknown>) => Wired;

/** Logical id of the API that an event names. */
const namedApi = (given: unknown, implicit: string): string => {
  if (given === undefined) return implicit;
  return typeof given === "object" && given !== null && "Ref" in given ? String(given.Ref) : String(given);
};

function route(functionId: string, id: string, { Path = "", Method = "any", Auth }: Record<string, unknown>): ApiRoute {
  const { Authorizer, ApiKeyRequired } = (Auth ?? {}) as { Authorizer?: unknown; ApiKeyRequired?: unknown };
  return {
    functionId,
    id,
    method: String(Method),
    path: String(Path),
    apiKeyRequired: ApiKeyRequired === true,
    authorised: Authorizer !== undefined && Authorizer !== "NONE",
  };
}

/** To add one: a line here (SAM developer guide, "EventSource"). */
const EVENTS: Readonly<Record<string, Wire>> = {
  HttpApi: (functionId, id, given) => ({
    route: { apiId: namedApi(given.ApiId, IMPLICIT_HTTP_API), route: route(functionId, id, given) },
  }),
  Api: (functionId, id, given) => ({
    route: { apiId: namedApi(given.RestApiId, IMPLICIT_REST_API), route: route(functionId, id, given) },
  }),
  SQS: (functionId, id, { Queue, ...given }) => ({
    resources: {
      [id]: {
        Type: "AWS::Lambda::EventSourceMapping",
        Properties: { ...given, EventSourceArn: Queue, FunctionName: { Ref: functionId } },
      },
    },
  }),
  EventBridgeRule: (functionId, id, { Pattern, EventBusName }) => ({
    resources: {
      [id]: {
        Type: "AWS::Events::Rule",
        Properties: {
          EventPattern: Pattern,
          Targets: [{ Arn: { "Fn::GetAtt": [functionId, "Arn"] }, Id: `${id}Target` }],
          ...(EventBusName === undefined ? {} : { EventBusName }),
        },
      },
      [`${id}Permission`]: {
        Type: "AWS::Lambda::Permission",
        Properties: {
          Action: "lambda:InvokeFunction",
          FunctionName: { Ref: functionId },
          Principal: "events.amazonaws.com",
          SourceArn: { "Fn::GetAtt": [id, "Arn"] },
        },
      },
    },
  }),
};

/** What reads a queue has to be allowed to: SAM adds it to the role that it makes. */
export function withPolicies(given: SamFunction): SamFunction {
  const queues = Object.values(given.Events).flatMap(({ Type, Properties }) =>
    Type === "SQS" ? [Properties.Queue] : [],
  );
  if (queues.length === 0 || given.Role !== undefined) return given;
  const { Policies = [] } = given;
  const Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];
  const polling = { Statement: [{ Effect: "Allow", Action, Resource: queues }] };
  return { ...given, Policies: [...(Array.isArray(Policies) ? Policies : [Policies]), polling] };
}

/** An event of a type that is not here is named by the type of its resource: the rehearsal lists what it does not host. */
export function wire(functionId: string, eventId: string, { Type, Properties }: SamEvent): Wired {
  const id = `${functionId}${eventId}`;
  const known = EVENTS[Type];
  return known
    ? known(functionId, id, Properties)
    : { resources: { [id]: { Type: `AWS::Serverless::Function event (${Type})` } } };
}
