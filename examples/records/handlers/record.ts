import * as z from "zod";
import { parseJson } from "../../../workflows/json.ts";

/** What a client sends to `POST /record`. */
const NewRecord = z.object({
  user: z.string().trim().min(1).max(100),
  note: z.string().max(1000).optional(),
});

/** A record as it is stored, or on its way there. */
export const UserRecord = NewRecord.extend({
  RecordId: z.uuid(),
  /** When its request came in. */
  Timestamp: z.iso.datetime(),
});
export type UserRecord = z.infer<typeof UserRecord>;

export interface Answer {
  statusCode: number;
  body: string;
}

export const answer = (statusCode: number, body: object): Answer => ({ statusCode, body: JSON.stringify(body) });

/** The record that a request's body asks for; a client's mistake is a 400 that says which. */
export function readRecord(body: string | null, { id, at }: { id: string; at: Date }): UserRecord | Answer {
  const parsed = NewRecord.safeParse(parseJson(body));
  if (parsed.success) return { ...parsed.data, RecordId: id, Timestamp: at.toISOString() };
  return answer(400, { message: parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) });
}
