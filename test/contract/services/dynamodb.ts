import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { createJournal } from "../../../functions/journal/journal.ts";
import { createLeases, type Leases } from "../../../functions/lease/lease.ts";
import type { Clients } from "../../../functions/runtime/clients.ts";
import { createTables } from "../../../stand-in/aws/dynamodb/dynalite.ts";
import { createMemoryTables } from "../../../stand-in/aws/dynamodb/memory-tables.ts";
import { clientFor } from "../../functions/runtime-for.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { contracts, errorsOf, outcome, type Side } from "../contract.ts";

const keys = (...names: string[]) => ({
  AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
  KeySchema: names.map((AttributeName, index) => ({
    AttributeName,
    KeyType: index === 0 ? ("HASH" as const) : ("RANGE" as const),
  })),
});
const TABLES = { journal: keys("gameDay", "id"), leases: keys("target") };
const resources = graphOf(
  Object.fromEntries(
    Object.entries(TABLES).map(([TableName, table]) => [
      TableName,
      { Type: "AWS::DynamoDB::Table", Properties: { TableName, ...table } },
    ]),
  ),
).resources;

const NOW = new Date("2026-11-21T09:00:00Z");
const clock = { now: () => NOW };
const LATER = new Date("2026-11-21T10:00:00Z");
const day = (id: string) => ({ id, executionArn: `arn:execution:${id}` });

/** What a history of the leases came to: each call's outcome, and the lease after it. */
async function leasesAfter(
  { documents }: Clients,
  history: (leases: Leases) => Record<string, () => Promise<unknown>>,
) {
  const leases = createLeases(documents, "leases", clock);
  const seen: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(history(leases))) {
    seen[name] = { came: await outcome(call), lease: await leases.read("shop") };
  }
  return { seen, all: await leases.all() };
}

const change = { kind: "load", shards: 1 } as const;

const tablesOf = (of: string, inStandIn: () => Promise<Side<undefined>>) =>
  contracts<undefined>({
    of,
    inStandIn,
    async inMoto({ dynamodb }) {
      for (const [TableName, table] of Object.entries(TABLES)) {
        await dynamodb.send(new CreateTableCommand({ TableName, ...table, BillingMode: "PAY_PER_REQUEST" }));
      }
      return undefined;
    },
    contracts: {
      "a lease has one holder, and goes back by its holder alone": (clients) =>
        leasesAfter(clients, ({ acquire, release, mayChange, mayUndo }) => ({
          first: () => acquire("shop", day("day-1"), LATER),
          again: () => acquire("shop", day("day-1"), LATER),
          another: () => acquire("shop", day("day-2"), LATER),
          elsewhere: () => acquire("bank", day("day-2"), LATER),
          "holder may change": () => mayChange("shop", "day-1"),
          "another may not undo": () => mayUndo("shop", "day-2"),
          "another's release": () => release("shop", "day-2"),
          release: () => release("shop", "day-1"),
          "free again": () => acquire("shop", day("day-3"), LATER),
        })),
      "one safety net takes over, in the place of one that is gone": (clients) =>
        leasesAfter(clients, ({ acquire, takeOver, mayChange, read }) => ({
          first: () => acquire("shop", day("day-1"), LATER),
          net: async () => takeOver((await read("shop"))!, "net-1"),
          "the same net": async () => takeOver((await read("shop"))!, "net-1"),
          "out of date": async () => takeOver({ ...(await read("shop"))!, cleaner: undefined }, "net-2"),
          "in its place": async () => takeOver((await read("shop"))!, "net-2"),
          "holder may no longer change": () => mayChange("shop", "day-1"),
          "nor take it again": () => acquire("shop", day("day-1"), LATER),
        })),
      "a quarantine ends by a person's word, which is kept": (clients) =>
        leasesAfter(clients, ({ acquire, quarantine, release, free }) => ({
          "nothing to free": () => free("shop", { by: "ada", reason: "why not" }),
          first: () => acquire("shop", day("day-1"), LATER),
          "another's quarantine": () => quarantine("shop", "day-2", "not mine"),
          quarantine: () => quarantine("shop", "day-1", "not restored"),
          "no release": () => release("shop", "day-1"),
          "nobody takes it": () => acquire("shop", day("day-1"), LATER),
          freed: () => free("shop", { by: "ada", reason: "looked" }),
          "free again": () => acquire("shop", day("day-2"), LATER),
          "quarantined again": () => quarantine("shop", "day-2", "once more"),
          "freed again": () => free("shop", { by: "bob", reason: "looked too" }),
        })),
      "a lease's item as it lies in the table": async (clients) => {
        await leasesAfter(clients, ({ acquire, quarantine, free }) => ({
          first: () => acquire("shop", day("day-1"), LATER),
          quarantine: () => quarantine("shop", "day-1", "not restored"),
          freed: () => free("shop", { by: "ada", reason: "looked" }),
        }));
        return clients.documents.send(new GetCommand({ TableName: "leases", Key: { target: "shop" } })).then(itemOf);
      },
      "an entry of the journal is written once, and carried on": async ({ documents }) => {
        const journal = createJournal(documents, "journal", clock);
        const entry = await journal.begin("day-1", change, async () => ({ tasks: 0 }));
        const again = await journal.begin("day-1", change, async () => ({ tasks: 9 }));
        await journal.begin("day-2", change, async () => null);
        await journal.made(entry, ["arn:task/a"]);
        await journal.applied(entry);
        await journal.inEffect(entry, NOW, ["seen"]);
        await journal.undone(entry, [{ what: "a", ours: "b", found: "c" }]);
        await journal.restored(entry, LATER);
        const never = await outcome(() => journal.applied({ ...entry, id: "never" }));
        return { entry, again, never, read: await journal.read("day-1"), none: await journal.read("day-3") };
      },
      "what is refused": async ({ documents }) => {
        const key = { gameDay: "day-1", id: "1" };
        const update = { TableName: "journal", Key: key, ExpressionAttributeValues: { ":v": 1 } };
        return errorsOf({
          "no such table": () => documents.send(new GetCommand({ TableName: "none", Key: key })),
          "put: condition": () =>
            documents.send(
              new PutCommand({ TableName: "journal", Item: key, ConditionExpression: "attribute_exists(id)" }),
            ),
          "put: no key": () => documents.send(new PutCommand({ TableName: "journal", Item: { id: "1" } })),
          "get: half a key": () => documents.send(new GetCommand({ TableName: "journal", Key: { id: "1" } })),
          "update: condition": () =>
            documents.send(
              new UpdateCommand({
                ...update,
                UpdateExpression: "SET a = :v",
                ConditionExpression: "attribute_exists(id)",
              }),
            ),
          "update: of the key": () => documents.send(new UpdateCommand({ ...update, UpdateExpression: "SET id = :v" })),
          "update: no such value": () =>
            documents.send(new UpdateCommand({ ...update, UpdateExpression: "SET a = :other" })),
          "update: one of nothing": () =>
            documents.send(new UpdateCommand({ ...update, UpdateExpression: "SET a = b + :v" })),
          "update: one of a text": async () => {
            await documents.send(new PutCommand({ TableName: "journal", Item: { ...key, b: "text" } }));
            return documents.send(new UpdateCommand({ ...update, UpdateExpression: "SET a = b + :v" }));
          },
          "query: no key": () =>
            documents.send(
              new QueryCommand({
                TableName: "journal",
                KeyConditionExpression: "id = :v",
                ExpressionAttributeValues: { ":v": "1" },
              }),
            ),
          "delete: condition": () =>
            documents.send(
              new DeleteCommand({
                TableName: "journal",
                Key: key,
                ConditionExpression: "attribute_not_exists(gameDay)",
              }),
            ),
        });
      },
    },
  });

const itemOf = ({ Item }: { Item?: Record<string, unknown> | undefined }) => Item;

/** What a rehearsal uses, and what game days in virtual time use. */
export const dynamodb = tablesOf("DynamoDB", async () => {
  const tables = await createTables(resources);
  return { clients: { documents: clientFor(tables) }, world: undefined, stop: () => tables.stop() };
});
export const memoryTables = tablesOf("DynamoDB in memory", async () => ({
  clients: { documents: clientFor(createMemoryTables(resources)) },
  world: undefined,
}));
