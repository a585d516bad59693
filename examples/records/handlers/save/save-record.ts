import * as z from "zod";
import { type Answer, answer, readRecord, UserRecord } from "../record.ts";
import type { Telemetry } from "../telemetry.ts";

export interface Outside {
  /** False when a record of this id and time is there already. */
  store(record: UserRecord): Promise<boolean>;
  newId(): string;
  now(): Date;
  telemetry: Telemetry;
}

/** The body and the headers of a request that a REST API hands on, as far as they are needed. */
export interface Request {
  readonly body: string | null;
  readonly correlationId: string | undefined;
}

/** `POST /record`: stores one record, and answers when it is stored. */
export async function saveRequested({ body, correlationId }: Request, outside: Outside): Promise<Answer> {
  const record = readRecord(body, { id: outside.newId(), at: outside.now() });
  if ("statusCode" in record) return record;
  await save(record, outside, correlationId);
  return answer(201, { recordId: record.RecordId });
}

const QueueEvent = z.object({
  Records: z.array(z.object({ messageId: z.string(), body: z.string() })).min(1),
});
/** What {@link file://./../accept/accept.ts accept} puts in the queue. */
export const Queued = z.object({ record: UserRecord, correlationId: z.string().optional() });
export type Queued = z.infer<typeof Queued>;

export interface BatchAnswer {
  batchItemFailures: { itemIdentifier: string }[];
}

export const isQueueEvent = (event: unknown): boolean => QueueEvent.safeParse(event).success;

/** Stores what was queued. What could not be stored returns to the queue, alone of its batch. */
export async function saveQueued(event: unknown, outside: Outside): Promise<BatchAnswer> {
  const { Records } = QueueEvent.parse(event);
  const failures = await Promise.all(
    Records.map(async ({ messageId, body }) => {
      try {
        const { record, correlationId } = Queued.parse(JSON.parse(body));
        await save(record, outside, correlationId);
        return [];
      } catch {
        return [{ itemIdentifier: messageId }];
      }
    }),
  );
  return { batchItemFailures: failures.flat() };
}

/** A message may arrive more than once; its record is stored and counted once. */
async function save(record: UserRecord, { store, now, telemetry }: Outside, correlationId?: string): Promise<void> {
  const isNew = await store(record);
  if (isNew) telemetry.saved(record, now().getTime() - Date.parse(record.Timestamp));
  telemetry.note(isNew ? "saved" : "was saved before", record, correlationId);
}
