import * as z from "zod";
import { faultKind, READ_RIGHT_BEFORE } from "./fault-kind.ts";
import { resourceName } from "./resources.ts";

/** Switches off what reads a queue or a stream and calls a function with it: what comes in waits, or gets too old. */
export const EventSourceOffFault = z.strictObject({
  kind: z.literal("event-source-off"),
  eventSource: resourceName("eventSource"),
});
export type EventSourceOffFault = z.infer<typeof EventSourceOffFault>;

const Denied = z.enum(["send", "receive"], { error: "expected send or receive" });
export type Denied = z.infer<typeof Denied>;

/** Denies everybody to send messages to a queue, or to receive them, or both. */
export const QueueImpairmentFault = z.strictObject({
  kind: z.literal("queue-impairment"),
  queue: resourceName("queue"),
  deny: z
    .array(Denied, { error: "expected a list of what is denied: send, receive or both" })
    .min(1, { error: "expected at least one of send and receive" })
    .refine((deny) => new Set(deny).size === deny.length, { error: "expected each of send and receive once" })
    .default(["send"])
    .meta({ description: "What nobody may do while the fault lasts." }),
});
export type QueueImpairmentFault = z.infer<typeof QueueImpairmentFault>;

/** Disables a rule of EventBridge: what it would pass on is lost, nothing keeps it. */
export const RuleOffFault = z.strictObject({ kind: z.literal("rule-off"), rule: resourceName("rule") });
export type RuleOffFault = z.infer<typeof RuleOffFault>;

export const MESSAGING_FAULTS = {
  "event-source-off": faultKind(EventSourceOffFault, {
    change: ({ eventSource }) => `event source ${eventSource}: disabled, so that nothing reads what it reads`,
    undo: () => `enabled again, ${READ_RIGHT_BEFORE}`,
    example: { kind: "event-source-off", eventSource: "deliveries" },
  }),
  "queue-impairment": faultKind(QueueImpairmentFault, {
    change: ({ queue, deny }) => `policy of queue ${queue}: a statement that lets nobody ${deny.join(" or ")} messages`,
    undo: () =>
      "the statement is taken out of the policy, found by its Sid; what else the policy says is kept as it is by then",
    example: { kind: "queue-impairment", queue: "deliveries", deny: ["receive"] },
  }),
  "rule-off": faultKind(RuleOffFault, {
    change: ({ rule }) => `rule ${rule}: disabled, so that what it would pass on is lost`,
    undo: () => `enabled again, ${READ_RIGHT_BEFORE}`,
    example: { kind: "rule-off", rule: "to-delivery" },
  }),
};
