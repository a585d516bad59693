import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { findStack, gameDayOf } from "../../../functions/changes/stack.ts";
import type { Clients } from "../../../functions/runtime/clients.ts";
import { createCloudFormation } from "../../../stand-in/aws/cloudformation/operations.ts";
import { REGION } from "../../../stand-in/templates/cfn/naming.ts";
import { clientFor } from "../../functions/runtime-for.ts";
import { contracts, errorsOf, pick, until } from "../contract.ts";

const BUCKET = "templates";
const KEY = "shop.json";
const StackName = "Shop";
const TemplateURL = `https://s3.${REGION}.amazonaws.com/${BUCKET}/${KEY}`;
const TEMPLATE = { Resources: { Queue: { Type: "AWS::SQS::Queue", Properties: { QueueName: "shop" } } } };

const create = ({ cloudformation }: Clients) =>
  cloudformation.send(
    new CreateStackCommand({
      StackName,
      TemplateURL,
      Capabilities: ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
      Tags: [{ Key: "gameday:id", Value: "day-1" }],
      OnFailure: "DO_NOTHING",
      ClientRequestToken: "day-1",
    }),
  );
const look = ({ cloudformation }: Clients, name?: string) =>
  cloudformation.send(new DescribeStacksCommand({ StackName: name }));
const statusOf = async (clients: Clients, name?: string) => (await look(clients, name)).Stacks?.[0]?.StackStatus;

async function bringUp(clients: Clients): Promise<string> {
  const { StackId } = await create(clients);
  await until(
    () => statusOf(clients, StackId),
    (status) => status === "CREATE_COMPLETE",
  );
  return StackId ?? "";
}

export const cloudformation = contracts<undefined>({
  of: "CloudFormation",
  async inMoto({ s3 }) {
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: KEY, Body: JSON.stringify(TEMPLATE) }));
    return undefined;
  },
  async inStandIn() {
    const stacks = createCloudFormation({
      ephemeral: new Set([StackName]),
      hasTemplate: (url) => url === TemplateURL,
      fateOf: () => ({ afterMs: 1 }),
    });
    return {
      clients: { cloudformation: clientFor(stacks) },
      world: undefined,
      stop: () => stacks.stop(),
    };
  },
  contracts: {
    "a stack that comes up": async (clients) => {
      const id = await bringUp(clients);
      const found = await findStack(StackName, { clients });
      const byId = await look(clients, id);
      return {
        stack: found && pick(found, "StackName", "StackStatus", "Tags"),
        gameDay: found && gameDayOf(found),
        sameById: byId.Stacks?.[0]?.StackId === found?.StackId,
        idNamesIt: id.split("/")[1],
      };
    },
    "a name that is taken, and one that nobody has": async (clients) => {
      const missing = await look(clients, "None").catch((error: Error) => error.message);
      const none = await errorsOf({
        look: () => look(clients, "None"),
        events: () => clients.cloudformation.send(new DescribeStackEventsCommand({ StackName: "None" })),
        delete: () => clients.cloudformation.send(new DeleteStackCommand({ StackName: "None" })),
      });
      await bringUp(clients);
      const again = clients.cloudformation.send(
        new CreateStackCommand({ StackName, TemplateURL, OnFailure: "DO_NOTHING" }),
      );
      return { missing, none, ...(await errorsOf({ again: () => again })) };
    },
    "a stack that goes: found by its id alone": async (clients) => {
      const id = await bringUp(clients);
      await clients.cloudformation.send(new DeleteStackCommand({ StackName: id }));
      const status = await until(
        () => statusOf(clients, id),
        (found) => found === "DELETE_COMPLETE",
      );
      const errors = await errorsOf({ byName: () => look(clients, StackName) });
      const found = await findStack(StackName, { clients });
      const again = await errorsOf({
        again: () => clients.cloudformation.send(new DeleteStackCommand({ StackName: id })),
      });
      return { status, errors, found: found ?? "none", again };
    },
    "its events, the newest first": async (clients) => {
      const id = await bringUp(clients);
      const { StackEvents = [] } = await clients.cloudformation.send(new DescribeStackEventsCommand({ StackName: id }));
      const own = StackEvents.filter(({ ResourceType }) => ResourceType === "AWS::CloudFormation::Stack");
      return own.map((event) => pick(event, "LogicalResourceId", "ResourceStatus", "StackName"));
    },
  },
});
