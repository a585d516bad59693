import * as z from "zod";
import { parseJson } from "../workflows/json.ts";

/** What SNS puts into a queue (SNS developer guide, "Fanout to Amazon SQS queues"), without raw delivery. */
const Envelope = z.object({ Type: z.literal("Notification"), TopicArn: z.string(), Message: z.string() });

/** What CloudWatch publishes when an alarm changes its state. */
const AlarmNotice = z.object({ AlarmName: z.string(), NewStateValue: z.string() });

/** An event as EventBridge puts it into a queue. */
const Event = z.looseObject({ id: z.string(), source: z.string(), "detail-type": z.string(), detail: z.unknown() });
export type Event = z.infer<typeof Event>;

/** The alarm that a message from a topic says has gone off; undefined for anything else. */
export function alarmOf(body: string): { alarm: string; topic: string } | undefined {
  const envelope = Envelope.safeParse(parseJson(body));
  if (!envelope.success) return undefined;
  const notice = AlarmNotice.safeParse(parseJson(envelope.data.Message));
  if (!notice.success || notice.data.NewStateValue !== "ALARM") return undefined;
  return { alarm: notice.data.AlarmName, topic: envelope.data.TopicArn.split(":").at(-1) ?? "" };
}

/** The event that a message is; undefined for anything else. */
export function eventOf(body: string): Event | undefined {
  const event = Event.safeParse(parseJson(body));
  return event.success ? event.data : undefined;
}
