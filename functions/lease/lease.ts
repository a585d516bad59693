import { DeleteCommand, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { Clients } from "../runtime/clients.ts";
import { TargetNotFree } from "../runtime/errors.ts";

/** The right to touch a target. */
export const Lease = z.object({
  target: z.string(),
  holder: z.string(),
  /** Unix seconds after which the lease is nobody's. Ignored when quarantined. */
  expiresAt: z.int(),
  /** Why no game day may touch the target until a person has looked. */
  quarantine: z.string().optional(),
});
export type Lease = z.infer<typeof Lease>;

export interface Leases {
  /** Takes the lease or keeps it; throws {@link TargetNotFree} with the holder's name when somebody else has it. */
  acquire(target: string, holder: string, until: Date): Promise<Lease>;
  read(target: string): Promise<Lease | undefined>;
  /** Gives the lease back, if it is still the holder's. */
  release(target: string, holder: string): Promise<void>;
  /** Keeps everybody away from the target. */
  quarantine(target: string, holder: string, reason: string): Promise<void>;
}

export function createLeases(documents: Clients["documents"], table: string, clock: { now(): Date }): Leases {
  const seconds = (at: Date) => Math.ceil(at.getTime() / 1000);

  const read: Leases["read"] = async (target) => {
    const { Item } = await documents.send(new GetCommand({ TableName: table, Key: { target }, ConsistentRead: true }));
    return Item === undefined ? undefined : Lease.parse(Item);
  };

  return {
    read,
    async acquire(target, holder, until) {
      const lease: Lease = { target, holder, expiresAt: seconds(until) };
      try {
        await documents.send(
          new PutCommand({
            TableName: table,
            Item: lease,
            ConditionExpression:
              "attribute_not_exists(target) OR (attribute_not_exists(quarantine) AND (expiresAt < :now OR holder = :holder))",
            ExpressionAttributeValues: { ":now": seconds(clock.now()), ":holder": holder },
          }),
        );
        return lease;
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "ConditionalCheckFailedException") throw error;
        throw notFree(target, await read(target));
      }
    },
    async release(target, holder) {
      try {
        await documents.send(
          new DeleteCommand({
            TableName: table,
            Key: { target },
            ConditionExpression:
              "attribute_not_exists(target) OR (holder = :holder AND attribute_not_exists(quarantine))",
            ExpressionAttributeValues: { ":holder": holder },
          }),
        );
      } catch (error) {
        // Somebody else's by now, or quarantined: not ours to give back.
        if (!(error instanceof Error) || error.name !== "ConditionalCheckFailedException") throw error;
      }
    },
    async quarantine(target, holder, reason) {
      await documents.send(
        new PutCommand({
          TableName: table,
          Item: { target, holder, expiresAt: seconds(clock.now()), quarantine: reason } satisfies Lease,
        }),
      );
    },
  };
}

function notFree(target: string, lease: Lease | undefined): TargetNotFree {
  return lease?.quarantine === undefined
    ? new TargetNotFree(
        `target "${target}" to be free`,
        lease ? `a game day that holds it: ${lease.holder}` : "a game day that held it a moment ago",
        lease ? `Its lease ends ${new Date(lease.expiresAt * 1000).toISOString()}.` : "Try again.",
      )
    : new TargetNotFree(
        `target "${target}" to be in order`,
        `it in quarantine since game day ${lease.holder}: ${lease.quarantine}`,
        "Put it back by hand as that game day's report says, then delete the target's item in the lease table.",
      );
}
