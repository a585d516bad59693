import * as z from "zod";

/** What producer and consumer of the event agree on, so that neither can change it alone. */
export const EVENT_SOURCE = "gameday.notifications";
export const DETAIL_TYPE = "notify-order";

/** What stands beside a client's own fields in an event, under a key that clients may not use. */
const Metadata = z.object({
  correlation_id: z.string().min(1),
  /** When the client's request came in. EventBridge's own `time` has whole seconds only. */
  accepted_at: z.iso.datetime(),
});

const payload = {
  orderId: z.string().min(1).max(100),
  status: z.string().max(100).optional(),
};

/** What a client sends to `POST /notifications`: an order's id, and whatever else the receiver may want to know of it. */
export const Payload = z.looseObject({
  ...payload,
  metadata: z.undefined("is the service's own key").optional(),
});

/** The detail of a `notify-order` event. */
export const Notification = z.looseObject({ ...payload, metadata: Metadata });
export type Notification = z.infer<typeof Notification>;
