import { PutCommand, QueryCommand, type QueryCommandOutput, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Conflict } from "../../workflows/state.ts";
import type { Clients } from "../runtime/clients.ts";
import { type Change, Entry, entryId } from "./entry.ts";

/** The write-ahead record of everything that a game day changes. */
export interface Journal {
  /**
   * Writes down what stands before the change, once: a repeated attempt gets the entry that is already there, since its
   * snapshot could take the change itself for "before".
   */
  begin(gameDay: string, change: Change, snapshot: () => Promise<Entry["before"]>): Promise<Entry>;
  /** The entry of a change, if it was ever intended. */
  find(gameDay: string, change: Change): Promise<Entry | undefined>;
  applied(entry: Entry): Promise<void>;
  /** `made`: all that the change has made of its own so far. */
  made(entry: Entry, made: readonly string[]): Promise<void>;
  inEffect(entry: Entry, at: Date, evidence: string[]): Promise<void>;
  /** What is ours is put back; `conflicts` names what is somebody else's by now. */
  undone(entry: Entry, conflicts: Conflict[]): Promise<void>;
  restored(entry: Entry, at: Date): Promise<void>;
  /** All entries, in the order in which the changes were made. */
  read(gameDay: string): Promise<Entry[]>;
}

export function createJournal(documents: Clients["documents"], table: string, clock: { now(): Date }): Journal {
  const now = () => clock.now().toISOString();

  async function read(gameDay: string): Promise<Entry[]> {
    const entries: Entry[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page: QueryCommandOutput = await documents.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "gameDay = :gameDay",
          ExpressionAttributeValues: { ":gameDay": gameDay },
          ConsistentRead: true,
          ...(start ? { ExclusiveStartKey: start } : {}),
        }),
      );
      entries.push(...(page.Items ?? []).map((item) => Entry.parse(item)));
      start = page.LastEvaluatedKey;
    } while (start);
    return entries;
  }

  const find: Journal["find"] = async (gameDay, change) => {
    const id = entryId(change);
    return (await read(gameDay)).find((entry) => entry.id === id);
  };

  async function update(entry: Entry, fields: Partial<Entry>): Promise<void> {
    const names = Object.keys(fields);
    await documents.send(
      new UpdateCommand({
        TableName: table,
        Key: { gameDay: entry.gameDay, id: entry.id },
        UpdateExpression: `SET ${names.map((_, index) => `#f${index} = :v${index}`).join(", ")}`,
        ConditionExpression: "attribute_exists(id)",
        ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#f${index}`, name])),
        ExpressionAttributeValues: Object.fromEntries(
          Object.values(fields).map((value, index) => [`:v${index}`, value]),
        ),
      }),
    );
  }

  return {
    read,
    find,
    async begin(gameDay, change, snapshot) {
      const known = await find(gameDay, change);
      if (known) return known;
      const before = await snapshot();
      const entry = Entry.parse({ gameDay, id: entryId(change), change, before, state: "intended", intendedAt: now() });
      try {
        await documents.send(
          new PutCommand({ TableName: table, Item: entry, ConditionExpression: "attribute_not_exists(id)" }),
        );
        return entry;
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "ConditionalCheckFailedException") throw error;
        return (await find(gameDay, change)) ?? entry;
      }
    },
    made: (entry, made) => update(entry, { made: [...made] }),
    applied: (entry) => update(entry, { state: "applied", appliedAt: now() }),
    inEffect: (entry, at, evidence) => update(entry, { inEffectAt: at.toISOString(), evidence }),
    undone: (entry, conflicts) =>
      update(entry, { state: conflicts.length > 0 ? "conflict" : "undone", undoneAt: now(), conflicts }),
    restored: (entry, at) => update(entry, { restoredAt: at.toISOString() }),
  };
}
