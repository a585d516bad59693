import { DeleteMessageCommand, type Message, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { inboxKey, inboxPrefix } from "../../workflows/names.ts";
import type { Runtime } from "../runtime/step.ts";
import type { FaultWindow } from "./fault-window.ts";

/** Something that arrived in the target's inbox: what a person's phone or a chat would have got. */
export const Filed = z.object({ id: z.string(), at: z.iso.datetime(), body: z.string() });
export type Filed = z.infer<typeof Filed>;

/** Ten messages each (SQS API reference, "ReceiveMessage"); what is left is for the next look. */
const MOST_CALLS = 50;

/**
 * Everything that arrived between the baseline's begin and the end of the window, oldest first; undefined when the target
 * has no inbox. A message is filed with the game day before it is taken from the queue, so that none gets lost with a step
 * that dies in between; a message that is delivered twice is filed once.
 */
export async function readInbox(window: FaultWindow, runtime: Runtime): Promise<Filed[] | undefined> {
  const { plan, baselineFrom, listenUntil } = window;
  const { inbox } = plan.target;
  if (inbox === undefined) return undefined;
  for (let call = 0; call < MOST_CALLS; call++) {
    const messages = await receive(inbox, runtime);
    if (messages.length === 0) break;
    for (const message of messages) await file(message, inbox, plan.id, baselineFrom, runtime);
  }
  const keys = await runtime.results.list(inboxPrefix(plan.id));
  const filed = await Promise.all(keys.map((key) => runtime.results.getJson(key, Filed)));
  return filed
    .filter((message) => message !== undefined)
    .filter(({ at }) => Date.parse(at) <= listenUntil)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

async function receive(QueueUrl: string, { clients }: Runtime): Promise<Message[]> {
  const { Messages } = await clients.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ["SentTimestamp"],
    }),
  );
  return Messages ?? [];
}

/** What arrived before the baseline is of an earlier game day, or of none: it is taken and not filed. */
async function file(
  { MessageId = "", Body = "", Attributes, ReceiptHandle }: Message,
  QueueUrl: string,
  gameDay: string,
  from: number,
  { clients, results }: Runtime,
): Promise<void> {
  const at = Number(Attributes?.SentTimestamp);
  if (at >= from) {
    const filed: Filed = { id: MessageId, at: new Date(at).toISOString(), body: Body };
    await results.putJson(inboxKey(gameDay, MessageId), filed);
  }
  await clients.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
}
