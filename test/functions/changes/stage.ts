import { randomUUID } from "node:crypto";
import type { Scene } from "../../../functions/changes/kind.ts";
import type { Clients } from "../../../functions/runtime/clients.ts";
import { createApiGateway } from "../../../stand-in/aws/api-gateway/operations.ts";
import { readUsagePlans } from "../../../stand-in/aws/api-gateway/usage-plans.ts";
import { Metrics } from "../../../stand-in/aws/cloudwatch/metrics.ts";
import { TableThroughput } from "../../../stand-in/aws/dynamodb/operations.ts";
import { createEventBridge } from "../../../stand-in/aws/eventbridge/operations.ts";
import { readRules } from "../../../stand-in/aws/eventbridge/rules.ts";
import { createEventSources, readEventSource } from "../../../stand-in/aws/lambda/event-source-mappings.ts";
import { createLambda } from "../../../stand-in/aws/lambda/operations.ts";
import { tagOperations } from "../../../stand-in/aws/lambda/service.ts";
import { type AliasRecord, createVersioning } from "../../../stand-in/aws/lambda/versions.ts";
import type { Operations } from "../../../stand-in/aws/operation.ts";
import { createSqs } from "../../../stand-in/aws/sqs/operations.ts";
import { Queues } from "../../../stand-in/aws/sqs/queues.ts";
import type { Target } from "../../../workflows/state.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { versioned } from "../../stand-in/versioned.ts";
import { target as sample } from "../../workflows/sample.ts";
import { type Fate, Lost } from "./fake-lambda.ts";
import { placeOfFault } from "./place.ts";

/** How long changes of event source mappings and tables take on the stage, milliseconds. */
export const UPDATE_MS = 1000;

const Tags = [{ Key: "gameday:target", Value: sample.name }];
const graph = graphOf({
  Checkout: {
    Type: "AWS::Lambda::Function",
    Properties: { FunctionName: sample.functions.checkout, Role: "arn:role", Tags },
  },
  ...versioned({ Ref: "Checkout" }),
  Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "deliveries", Tags } },
  Mapping: {
    Type: "AWS::Lambda::EventSourceMapping",
    Properties: { FunctionName: "deliver", EventSourceArn: { "Fn::GetAtt": ["Queue", "Arn"] }, Tags },
  },
  Bus: { Type: "AWS::Events::EventBus", Properties: { Name: "notices" } },
  Rule: {
    Type: "AWS::Events::Rule",
    Properties: { Name: "to-delivery", EventBusName: { Ref: "Bus" }, EventPattern: { source: ["shop"] }, Tags },
  },
  Plan: { Type: "AWS::ApiGateway::UsagePlan", Properties: { Tags } },
  Table: {
    Type: "AWS::DynamoDB::Table",
    Properties: { TableName: "Shop-Orders-9Z", BillingMode: "PAY_PER_REQUEST", Tags },
  },
});
const named = (type: string) => graph.ofType(type)[0]!;

/** The sample target with one resource of every kind. */
export const target: Target = {
  ...sample,
  queues: { deliveries: named("AWS::SQS::Queue").ref },
  eventSources: { deliveries: named("AWS::Lambda::EventSourceMapping").name },
  rules: { "to-delivery": { name: "to-delivery", eventBusName: "notices" } },
  usagePlans: { partner: named("AWS::ApiGateway::UsagePlan").name },
  tables: { orders: "Shop-Orders-9Z" },
  aliases: { live: { functionName: sample.functions.checkout!, alias: "live" } },
};

/** The resources of {@link target} as the stand-in plays them, and others who change them meanwhile. */
export function setStage() {
  const queues = new Queues(graph, new Metrics(Date.now));
  const rules = readRules(graph);
  const plans = readUsagePlans(graph);
  const resource = named("AWS::Lambda::EventSourceMapping");
  const mapping = readEventSource(resource, "arn:aws:lambda:local:0:function:deliver");
  const mappings = new Map([[mapping.uuid, mapping]]);
  const tables = new TableThroughput({ resources: graph.ofType("AWS::DynamoDB::Table"), updateMs: UPDATE_MS });
  const functions = createLambda({
    resources: graph.ofType("AWS::Lambda::Function"),
    updateMs: UPDATE_MS,
    takeEffect: async () => {},
  });
  const versioning = createVersioning(graph, functions);
  const alias = [...versioning.aliases.values()][0]!;
  versioning.publish(alias.of);
  const services: Partial<Record<keyof Clients, Operations>> = {
    apigateway: createApiGateway(plans).operations,
    dynamodb: tables.operations,
    eventbridge: createEventBridge({ graph, rules, put: () => {} }).operations,
    lambda: {
      ...createEventSources(mappings, UPDATE_MS).operations,
      ...versioning.operations,
      ...tagOperations(functions.functions, mappings),
    },
    sqs: createSqs(queues).operations,
  };
  const stage = {
    /** The calls that came through, and the fences before them, in order. */
    calls: [] as string[],
    /** Is asked before each call what becomes of it; what others do meanwhile is done here too. */
    fate: (_operation: string): Fate => "answered",
    /** Throws when the target is not the game day's any more. */
    mayWrite: () => {},
    services,
    queue: [...queues.records.values()][0]!,
    rule: rules[0]!,
    plan: [...plans.values()][0]!,
    mapping,
    table: [...tables.records.values()][0]!,
    tables,
    alias,
    /** Somebody else makes this of the alias. */
    moveAlias: (change: Partial<Pick<AliasRecord, "version" | "weights">>) =>
      void Object.assign(alias, change, { revisionId: randomUUID() }),
    stop: () => queues.stop(),
  };
  const clientOf = (service: Operations) => ({
    send: async (command: { input: never }) => {
      const operation = command.constructor.name.replace(/Command$/, "");
      const fate = stage.fate(operation);
      if (fate === "lost") throw new Lost("the request got lost");
      const output = await service[operation]!.run(command.input);
      stage.calls.push(operation);
      if (fate === "answer lost") throw new Lost("the answer got lost");
      return output;
    },
  });
  const scene: Scene = {
    clients: Object.fromEntries(
      Object.entries(services).map(([name, service]) => [name, clientOf(service)]),
    ) as unknown as Clients,
    target,
    place: placeOfFault(),
    fence: async () => {
      stage.mayWrite();
      stage.calls.push("fence");
    },
  };
  return { ...stage, scene, stage };
}
