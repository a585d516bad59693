import type { Notification } from "../notification.ts";
import type { Telemetry } from "../telemetry.ts";
import { type RetryPolicy, type Waiting, withRetries } from "./retry.ts";

export interface Outside extends Waiting {
  /** Calls the delivery API once. Throws when it does not answer. */
  post(body: object): Promise<{ status: number }>;
  now(): number;
  policy: RetryPolicy;
  telemetry: Telemetry;
}

/** The delivery API has answered, but has not taken the notification. */
export class DeliveryRefused extends Error {
  override readonly name = "DeliveryRefused";
  readonly status: number;
  constructor(status: number) {
    super(`Expected the delivery API to answer 2xx; it answered ${status}.`);
    this.status = status;
  }
}

/** Every attempt has failed. Whoever invoked the function may try again. */
export class Undelivered extends Error {
  override readonly name = "Undelivered";
}

/** Delivers what the client sent, without the metadata. Any failure is tried again, so it may arrive more than once. */
export async function deliver({ metadata, ...body }: Notification, outside: Outside): Promise<void> {
  const { telemetry } = outside;
  let attempts = 0;
  try {
    await withRetries(outside.policy, outside, async (number) => {
      attempts = number;
      const { status } = await outside.post(body);
      if (status < 200 || status > 299) throw new DeliveryRefused(status);
    });
  } catch (error) {
    telemetry.count("Undelivered");
    const reason = (error as Error).message;
    telemetry.note(`given up after ${attempts} attempts: ${reason}`, metadata.correlation_id);
    throw new Undelivered(`given up after ${attempts} attempts: ${reason}`, { cause: error });
  } finally {
    telemetry.count("Attempts", attempts);
  }
  telemetry.count("Delivered");
  // An alarm on a metric that is only there when something is wrong cannot be told from one on a metric that is not there.
  telemetry.count("Undelivered", 0);
  telemetry.milliseconds("AgeAtDelivery", outside.now() - Date.parse(metadata.accepted_at));
  telemetry.note(`delivered at attempt ${attempts}`, metadata.correlation_id);
}
