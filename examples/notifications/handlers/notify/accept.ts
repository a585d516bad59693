import { parseJson } from "../../../../workflows/json.ts";
import { type Notification, Payload } from "../notification.ts";

export interface Outside {
  /** Hands the notification to the bus. Throws {@link NotForwarded} when the bus does not take it. */
  forward(notification: Notification): Promise<void>;
  correlationId(): string;
  now(): Date;
}

/** The bus has refused the event: the client is told that it failed, and may try again. */
export class NotForwarded extends Error {
  override readonly name = "NotForwarded";
}

export interface Answer {
  statusCode: number;
  body: string;
}

/** Takes one notification: what the bus has is accepted, and delivered later. A client's mistake is a 400. */
export async function accept(body: string | undefined, outside: Outside): Promise<Answer> {
  const parsed = Payload.safeParse(parseJson(body));
  if (!parsed.success) {
    return answer(400, { message: parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`) });
  }
  const metadata = { correlation_id: outside.correlationId(), accepted_at: outside.now().toISOString() };
  await outside.forward({ ...parsed.data, metadata });
  return answer(202, { correlationId: metadata.correlation_id });
}

const answer = (statusCode: number, body: object): Answer => ({ statusCode, body: JSON.stringify(body) });
