import { GetCommand, ScanCommand, type ScanCommandOutput, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import type { Clients } from "../runtime/clients.ts";
import { LeaseLost, NotReady, TargetNotFree } from "../runtime/errors.ts";

/** A person's word that a quarantined target is in order again. */
export const QuarantineRelease = z.object({
  at: z.iso.datetime(),
  by: z.string(),
  reason: z.string(),
  /** The game day that could not put the target back. */
  holder: z.string(),
  /** Why the target was in quarantine. */
  quarantine: z.string(),
});
export type QuarantineRelease = z.infer<typeof QuarantineRelease>;

/** The right to touch a target, while somebody has it. */
export const Lease = z.object({
  target: z.string(),
  /** Id of the game day. */
  holder: z.string(),
  /** The game day's execution, to ask whether it is still alive. */
  executionArn: z.string(),
  /** Unix seconds by which the game day has to be over. Nobody takes an expired lease over but the safety net. */
  expiresAt: z.int(),
  /** Execution of the safety net that cleans up after the holder. Only one does at a time. */
  cleaner: z.string().optional(),
  /** How often a safety net has set about it. */
  cleanUps: z.int().default(0),
  /** Why no game day may touch the target until a person has looked. */
  quarantine: z.string().optional(),
});
export type Lease = z.infer<typeof Lease>;

/** A target's item: its lease if there is one, and what people said when they released it from quarantine. */
const Item = z.union([Lease, z.object({ target: z.string(), holder: z.undefined().optional() })]);

export interface Holder {
  readonly id: string;
  readonly executionArn: string;
}

export interface Leases {
  /** Takes the lease or keeps it; throws {@link TargetNotFree} with the holder's name when somebody else has it. */
  acquire(target: string, holder: Holder, until: Date): Promise<Lease>;
  read(target: string): Promise<Lease | undefined>;
  /** Every target that somebody holds. */
  all(): Promise<Lease[]>;
  /** Throws {@link LeaseLost} unless the game day holds the target, is in time, and nobody cleans up after it yet. */
  mayChange(target: string, holder: string): Promise<void>;
  /** Throws {@link LeaseLost} unless the target is still the game day's: what another one does there is not ours to undo. */
  mayUndo(target: string, holder: string): Promise<void>;
  /** Makes a safety net the one that cleans up; false when another one is at it (`lease.cleaner` is out of date). */
  takeOver(lease: Lease, cleaner: string): Promise<boolean>;
  /** Gives the lease back, if it is still the holder's. */
  release(target: string, holder: string): Promise<void>;
  /** Keeps everybody away from the target, if it is still the holder's. */
  quarantine(target: string, holder: string, reason: string): Promise<void>;
  /** A person's release of a quarantined target, kept on record. Throws {@link NotReady} when it is in no quarantine. */
  free(target: string, release: { by: string; reason: string }): Promise<QuarantineRelease>;
}

/** Everything of an item that makes it a lease. */
const LEASE_FIELDS = "holder, executionArn, expiresAt, cleaner, cleanUps, quarantine";

interface Update {
  /** What is written, as an update expression, and on what condition. */
  readonly write: string;
  readonly only: string;
  readonly values: Record<string, unknown>;
}

export function createLeases(documents: Clients["documents"], table: string, clock: { now(): Date }): Leases {
  const seconds = (at: Date) => Math.ceil(at.getTime() / 1000);

  const read: Leases["read"] = async (target) => {
    const { Item: item } = await documents.send(
      new GetCommand({ TableName: table, Key: { target }, ConsistentRead: true }),
    );
    return item === undefined ? undefined : leaseIn(item);
  };

  /** Whether the condition held, so that the change was made. */
  async function update(target: string, { write, only, values }: Update): Promise<boolean> {
    try {
      await documents.send(
        new UpdateCommand({
          TableName: table,
          Key: { target },
          UpdateExpression: write,
          ConditionExpression: only,
          ExpressionAttributeValues: values,
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== "ConditionalCheckFailedException") throw error;
      return false;
    }
  }

  return {
    read,
    async acquire(target, { id, executionArn }, until) {
      const taken = await update(target, {
        write: "SET holder = :holder, executionArn = :executionArn, expiresAt = :expiresAt",
        only: "attribute_not_exists(holder) OR (holder = :holder AND attribute_not_exists(cleaner) AND attribute_not_exists(quarantine))",
        values: { ":holder": id, ":executionArn": executionArn, ":expiresAt": seconds(until) },
      });
      if (!taken) throw notFree(target, await read(target), clock.now());
      return { target, holder: id, executionArn, expiresAt: seconds(until), cleanUps: 0 };
    },
    async all() {
      const leases: Lease[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const page: ScanCommandOutput = await documents.send(
          new ScanCommand({
            TableName: table,
            FilterExpression: "attribute_exists(holder)",
            ConsistentRead: true,
            ...(start ? { ExclusiveStartKey: start } : {}),
          }),
        );
        leases.push(...(page.Items ?? []).flatMap((item) => leaseIn(item) ?? []));
        start = page.LastEvaluatedKey;
      } while (start);
      return leases;
    },
    async mayChange(target, holder) {
      const lease = await read(target);
      if (lease?.holder !== holder) throw lost(target, holder, lease ? `${lease.holder} holds it` : "nobody holds it");
      if (lease.cleaner !== undefined) throw lost(target, holder, "the safety net cleans up after it");
      if (lease.expiresAt <= seconds(clock.now())) throw lost(target, holder, "its lease has ended");
    },
    async mayUndo(target, holder) {
      const lease = await read(target);
      if (lease?.holder !== holder) throw lost(target, holder, lease ? `${lease.holder} holds it` : "nobody holds it");
    },
    takeOver: ({ target, holder, cleaner: before }, cleaner) =>
      update(target, {
        write: "SET cleaner = :cleaner, cleanUps = if_not_exists(cleanUps, :zero) + :one",
        only: `holder = :holder AND (cleaner = :cleaner OR ${before === undefined ? "attribute_not_exists(cleaner)" : "cleaner = :before"})`,
        values: {
          ":holder": holder,
          ":cleaner": cleaner,
          ":zero": 0,
          ":one": 1,
          ...(before === undefined ? {} : { ":before": before }),
        },
      }),
    async release(target, holder) {
      // Somebody else's by now, or quarantined: not ours to give back.
      await update(target, {
        write: `REMOVE ${LEASE_FIELDS}`,
        only: "holder = :holder AND attribute_not_exists(quarantine)",
        values: { ":holder": holder },
      });
    },
    async quarantine(target, holder, reason) {
      await update(target, {
        write: "SET quarantine = :reason",
        only: "holder = :holder",
        values: { ":holder": holder, ":reason": reason },
      });
    },
    async free(target, { by, reason }) {
      const lease = await read(target);
      const release = {
        at: clock.now().toISOString(),
        by,
        reason,
        holder: lease?.holder,
        quarantine: lease?.quarantine,
      };
      const freed =
        lease?.quarantine !== undefined &&
        (await update(target, {
          write: `SET releases = list_append(if_not_exists(releases, :none), :release) REMOVE ${LEASE_FIELDS}`,
          only: "holder = :holder AND attribute_exists(quarantine)",
          values: { ":holder": lease.holder, ":none": [], ":release": [release] },
        }));
      if (freed) return QuarantineRelease.parse(release);
      throw new NotReady(
        `target "${target}" in quarantine`,
        lease ? `one that game day ${lease.holder} holds` : "one that nobody holds",
        "There is nothing to release.",
      );
    },
  };
}

function leaseIn(item: Record<string, unknown>): Lease | undefined {
  const parsed = Item.parse(item);
  return parsed.holder === undefined ? undefined : parsed;
}

const lost = (target: string, holder: string, found: string) =>
  new LeaseLost(`target "${target}" to be game day ${holder}'s`, found, "Nothing more is changed for this game day.");

function notFree(target: string, lease: Lease | undefined, now: Date): TargetNotFree {
  if (!lease) {
    return new TargetNotFree(`target "${target}" to be free`, "a game day that held it a moment ago", "Try again.");
  }
  if (lease.quarantine !== undefined) {
    return new TargetNotFree(
      `target "${target}" to be in order`,
      `it in quarantine since game day ${lease.holder}: ${lease.quarantine}`,
      `Put it back by hand as that game day's report says, then: gameday release ${target} --reason "…"`,
    );
  }
  const ends = new Date(lease.expiresAt * 1000);
  if (lease.cleaner === undefined && ends > now) {
    return new TargetNotFree(
      `target "${target}" to be free`,
      `a game day that holds it: ${lease.holder}`,
      `Its lease ends ${ends.toISOString()}.`,
    );
  }
  return new TargetNotFree(
    `target "${target}" to be free`,
    `it still held by game day ${lease.holder}, which is gone`,
    "The safety net, which looks every ten minutes, puts back what it left behind: start again then.",
  );
}
