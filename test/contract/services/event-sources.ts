import { CreateEventSourceMappingCommand, GetEventSourceMappingCommand, ListTagsCommand } from "@aws-sdk/client-lambda";
import { CreateQueueCommand, GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { eventSourceOff } from "../../../functions/changes/event-source-off.ts";
import { tagsOf } from "../../../functions/changes/resource-tags.ts";
import { createEventSources, readEventSource } from "../../../stand-in/aws/lambda/event-source-mappings.ts";
import { tagOperations } from "../../../stand-in/aws/lambda/service.ts";
import { arn } from "../../../stand-in/templates/cfn/naming.ts";
import { clientFor } from "../../functions/runtime-for.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { target } from "../../workflows/sample.ts";
import { contracts, errorsOf, pick, until } from "../contract.ts";
import { storyOf } from "../story.ts";
import { functionInMoto } from "./lambda.ts";

const QueueName = "deliveries";
const Tags = { "gameday:target": target.name };
const FunctionName = target.functions.checkout!;
const spec = { kind: "event-source-off", eventSource: "deliveries" } as const;
const inTarget = (uuid: string) => ({ ...target, eventSources: { deliveries: uuid } });

export const eventSources = contracts<{ uuid: string }>({
  of: "Lambda's event source mappings",
  async inMoto(clients, moto) {
    await functionInMoto(clients, moto);
    const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName }));
    const asked = { QueueUrl, AttributeNames: ["QueueArn" as const] };
    const { Attributes } = await clients.sqs.send(new GetQueueAttributesCommand(asked));
    const mapping = { FunctionName, EventSourceArn: Attributes!.QueueArn!, BatchSize: 5, Tags };
    return { uuid: (await clients.lambda.send(new CreateEventSourceMappingCommand(mapping))).UUID! };
  },
  async inStandIn() {
    const graph = graphOf({
      Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName } },
      Mapping: {
        Type: "AWS::Lambda::EventSourceMapping",
        Properties: {
          FunctionName,
          BatchSize: 5,
          EventSourceArn: { "Fn::GetAtt": ["Queue", "Arn"] },
          Tags: Object.entries(Tags).map(([Key, Value]) => ({ Key, Value })),
        },
      },
    });
    const [resource] = graph.ofType("AWS::Lambda::EventSourceMapping");
    const mapping = readEventSource(resource!, arn("lambda", `function:${FunctionName}`));
    const byUuid = new Map([[mapping.uuid, mapping]]);
    const operations = { ...createEventSources(byUuid, 0).operations, ...tagOperations(new Map(), byUuid) };
    return { clients: { lambda: clientFor({ operations }) }, world: { uuid: mapping.uuid } };
  },
  contracts: {
    "a mapping of a queue": async ({ lambda: client }, { uuid: UUID }) =>
      pick(
        await client.send(new GetEventSourceMappingCommand({ UUID })),
        ...(["UUID", "BatchSize", "EventSourceArn", "FunctionArn", "State"] as const),
      ),
    "the fault event-source-off": (clients, { uuid: UUID }) =>
      storyOf(eventSourceOff, spec, { clients, target: inTarget(UUID) }, async () => {
        const settled = await until(
          () => clients.lambda.send(new GetEventSourceMappingCommand({ UUID })),
          ({ State }) => State === "Enabled" || State === "Disabled",
        );
        return settled.State;
      }),
    "a mapping's tags": (clients, { uuid }) =>
      tagsOf({ field: "eventSource", name: "deliveries" }, inTarget(uuid), clients),
    "what is not there": async ({ lambda: client }, { uuid }) => {
      const none = { UUID: uuid.replace(/^.{8}/, "00000000") };
      const { EventSourceMappingArn = "" } = await client.send(new GetEventSourceMappingCommand({ UUID: uuid }));
      return errorsOf({
        mapping: () => client.send(new GetEventSourceMappingCommand(none)),
        tags: () => client.send(new ListTagsCommand({ Resource: EventSourceMappingArn.replace(uuid, none.UUID) })),
      });
    },
  },
});
