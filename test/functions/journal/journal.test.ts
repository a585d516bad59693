import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Change, Entry } from "../../../functions/journal/entry.ts";
import { createJournal } from "../../../functions/journal/journal.ts";
import { samplePlan } from "../../workflows/sample.ts";
import { startTables } from "../tables.ts";

let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  tables = await startTables();
});
afterAll(() => tables.stop());

const clock = { now: () => new Date("2026-11-21T09:00:00Z") };
const open = () => createJournal(tables.documents, "journal", clock);
const plan = samplePlan();
const fault = (index: number): Change => ({ kind: "fault", fault: { ...plan.faults[0]!, index } });
const load: Change = { kind: "load", shards: 1 };
const deployment: Change = { kind: "deployment", deployment: { kind: "none" } };

describe("an entry", () => {
  test("is written once: a repeated attempt gets what stood before the first", async () => {
    const journal = open();
    const first = await journal.begin("day-once", fault(0), async () => ({ variables: { SLOW_MS: null } }));
    const second = await journal.begin("day-once", fault(0), async () => ({ variables: { SLOW_MS: "250" } }));
    expect(second).toEqual(first);
    expect(await journal.read("day-once")).toEqual([first]);
  });

  test("is written once even when two attempts are at it at the same time", async () => {
    const journal = open();
    const attempts = await Promise.all(
      ["a", "b", "c", "d"].map((value) =>
        journal.begin("day-race", fault(0), async () => ({ variables: { SLOW_MS: value } })),
      ),
    );
    const [kept] = await journal.read("day-race");
    expect(attempts).toEqual(attempts.map(() => kept));
  });

  test("asks once what stands before: a second look could take the change for it", async () => {
    const journal = open();
    const first = await journal.begin("day-looked", fault(0), async () => "before");
    const never = () => Promise.reject(new Error("looked again"));
    expect(await journal.begin("day-looked", fault(0), never)).toEqual(first);
    await expect(journal.begin("day-looked", fault(1), never)).rejects.toThrow("looked again");
    expect(await journal.read("day-looked")).toEqual([first]);
  });

  test("has the tasks that the change has made, as far as they are written down", async () => {
    const journal = open();
    const entry = await journal.begin("day-made", load, async () => null);
    expect(entry.made).toEqual([]);
    await journal.made(entry, ["arn:task/a"]);
    await journal.made(entry, ["arn:task/a", "arn:task/b"]);
    expect((await journal.find("day-made", load))?.made).toEqual(["arn:task/a", "arn:task/b"]);
  });

  test("reads back as it was written, with an empty text apart from an absent one", async () => {
    const journal = open();
    const before = { variables: { SLOW_MS: null, SLOW_SHARE: "" } };
    const entry = await journal.begin("day-values", fault(0), async () => before);
    expect((await journal.find("day-values", fault(0)))?.before).toEqual(before);
    expect(entry).toMatchObject({ state: "intended", intendedAt: "2026-11-21T09:00:00.000Z", conflicts: [] });
  });

  test("tells its story: intended, applied, in effect, undone, restored", async () => {
    const journal = open();
    const entry = await journal.begin("day-story", fault(0), async () => null);
    const now = async () => (await journal.read("day-story"))[0] as Entry;
    await journal.applied(entry);
    expect(await now()).toMatchObject({ state: "applied", appliedAt: clock.now().toISOString() });
    await journal.inEffect(entry, new Date("2026-11-21T09:01:00Z"), ["read back"]);
    expect(await now()).toMatchObject({ inEffectAt: "2026-11-21T09:01:00.000Z", evidence: ["read back"] });
    await journal.undone(entry, []);
    expect(await now()).toMatchObject({ state: "undone", undoneAt: clock.now().toISOString() });
    await journal.restored(entry, new Date("2026-11-21T09:05:00Z"));
    expect(await now()).toMatchObject({ state: "undone", restoredAt: "2026-11-21T09:05:00.000Z", before: null });
  });

  test("says which of its variables are somebody else's by now", async () => {
    const journal = open();
    const entry = await journal.begin("day-conflict", fault(0), async () => null);
    const conflict = { what: "SLOW_MS of checkout", ours: "250", found: "another value" };
    await journal.undone(entry, [conflict]);
    expect(await journal.find("day-conflict", fault(0))).toMatchObject({ state: "conflict", conflicts: [conflict] });
  });

  test("that was never intended cannot be marked as applied", async () => {
    const journal = open();
    const entry = await journal.begin("day-real", fault(0), async () => null);
    await expect(journal.applied({ ...entry, gameDay: "day-imagined" })).rejects.toMatchObject({
      name: "ConditionalCheckFailedException",
    });
    expect(await journal.read("day-imagined")).toEqual([]);
  });
});

describe("a game day's entries", () => {
  test("are read in the order of the changes, however they were written", async () => {
    const journal = open();
    for (const change of [fault(9), fault(0), load, fault(1), deployment]) {
      await journal.begin("day-order", change, async () => null);
    }
    expect((await journal.read("day-order")).map(({ id }) => id)).toEqual([
      "10-deployment",
      "20-load",
      "30-fault-00",
      "30-fault-01",
      "30-fault-09",
    ]);
  });

  test("are its own: another game day's are not among them", async () => {
    const journal = open();
    await journal.begin("day-a", load, async () => null);
    await journal.begin("day-b", load, async () => null);
    expect((await journal.read("day-a")).map(({ gameDay }) => gameDay)).toEqual(["day-a"]);
    expect(await journal.find("day-a", fault(0))).toBeUndefined();
  });

  test("are all read, also when they come in several pages", async () => {
    const journal = open();
    // DynamoDB gives at most 1 MB a page.
    const before = { variables: { A: "x".repeat(200_000) } };
    for (let index = 0; index < 7; index++) await journal.begin("day-pages", fault(index), async () => before);
    expect(await journal.read("day-pages")).toHaveLength(7);
  });
});
