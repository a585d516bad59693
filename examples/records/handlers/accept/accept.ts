import { type Answer, answer, readRecord } from "../record.ts";
import type { Queued } from "../save/save-record.ts";

export interface Outside {
  /** Puts a record in the queue. Throws when the queue does not take it. */
  queue(queued: Queued): Promise<void>;
  newId(): string;
  now(): Date;
}

/** `POST /record` with a queue behind it: what the queue has is accepted, and stored later. */
export async function accept(
  { body, correlationId }: { body: string | null; correlationId: string | undefined },
  { queue, newId, now }: Outside,
): Promise<Answer> {
  const record = readRecord(body, { id: newId(), at: now() });
  if ("statusCode" in record) return record;
  await queue({ record, ...(correlationId === undefined ? {} : { correlationId }) });
  return answer(202, { recordId: record.RecordId });
}
