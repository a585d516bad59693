import * as z from "zod";
import { Notification } from "../notification.ts";

const BusEvent = z.object({ detail: Notification });
const QueueEvent = z.object({
  Records: z.array(z.object({ messageId: z.string(), body: z.string() })).min(1),
});

export interface BatchAnswer {
  batchItemFailures: { itemIdentifier: string }[];
}

/**
 * Handles an event from the bus, or a batch of them from a queue. A failure of the first is thrown, for Lambda to try
 * again; one of the second is reported, so that only its message returns to the queue. A message that makes no sense
 * returns too, until it is in the dead-letter queue.
 */
export async function eachNotification(
  event: unknown,
  handle: (notification: Notification) => Promise<void>,
): Promise<BatchAnswer | undefined> {
  const batch = QueueEvent.safeParse(event);
  if (!batch.success) {
    await handle(BusEvent.parse(event).detail);
    return undefined;
  }
  const failures = await Promise.all(
    batch.data.Records.map(async ({ messageId, body }) => {
      try {
        await handle(BusEvent.parse(JSON.parse(body)).detail);
        return [];
      } catch {
        return [{ itemIdentifier: messageId }];
      }
    }),
  );
  return { batchItemFailures: failures.flat() };
}
