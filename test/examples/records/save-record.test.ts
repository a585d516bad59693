import { describe, expect, test } from "vitest";
import type { UserRecord } from "../../../examples/records/handlers/record.ts";
import { isQueueEvent, saveQueued, saveRequested } from "../../../examples/records/handlers/save/save-record.ts";
import { correlationIdOf } from "../../../examples/records/handlers/telemetry.ts";

const NOW = new Date("2026-11-21T09:00:05.000Z");
const ID = "6e7f5a1c-3c5e-4b0e-9b0a-2f6f5d3c1a10";
const RECORD: UserRecord = { user: "ada", RecordId: ID, Timestamp: "2026-11-21T09:00:00.000Z" };

/** A table, and what was told of it. */
function table(fails = (_record: UserRecord) => false) {
  const stored = new Map<string, UserRecord>();
  const ages: number[] = [];
  const notes: (string | undefined)[][] = [];
  const outside = {
    async store(record: UserRecord) {
      if (fails(record)) throw new Error("no table");
      const isNew = !stored.has(record.RecordId);
      stored.set(record.RecordId, record);
      return isNew;
    },
    newId: () => ID,
    now: () => NOW,
    telemetry: {
      saved: (_record: UserRecord, ageMs: number) => void ages.push(ageMs),
      note: (sentence: string, _record: UserRecord, correlationId?: string) =>
        void notes.push([sentence, correlationId]),
    },
  };
  return { stored, ages, notes, outside };
}
const batch = (...bodies: unknown[]) => ({
  Records: bodies.map((body, index) => ({ messageId: `m${index}`, body: JSON.stringify(body) })),
});

describe("a record that is asked for", () => {
  test("is stored under its id and time, answered with its id, and found by its correlation id", async () => {
    const { stored, ages, notes, outside } = table();
    const answer = await saveRequested({ body: '{"user":" ada ","note":"n"}', correlationId: "c" }, outside);
    expect(answer).toEqual({ statusCode: 201, body: JSON.stringify({ recordId: ID }) });
    expect([...stored.values()]).toEqual([{ user: "ada", note: "n", RecordId: ID, Timestamp: NOW.toISOString() }]);
    expect(ages).toEqual([0]);
    expect(notes).toEqual([["saved", "c"]]);
  });

  test.each([null, "", "user=ada", "[]", "{}", '{"user":"  "}', `{"user":"${"a".repeat(101)}"}`])(
    "with a client's mistake is a 400, and nothing is stored: %s",
    async (body) => {
      const { stored, outside } = table();
      const answer = await saveRequested({ body, correlationId: undefined }, outside);
      expect(answer.statusCode).toBe(400);
      expect(JSON.parse(answer.body).message).toEqual([expect.stringMatching(/\S/)]);
      expect(stored.size).toBe(0);
    },
  );

  test("that cannot be stored is an error", async () => {
    const { outside, ages } = table(() => true);
    await expect(saveRequested({ body: '{"user":"ada"}', correlationId: undefined }, outside)).rejects.toThrow(
      "no table",
    );
    expect(ages).toEqual([]);
  });
});

describe("records from the queue", () => {
  test("are stored with their own time, and their age is measured from it", async () => {
    const { stored, ages, notes, outside } = table();
    expect(await saveQueued(batch({ record: RECORD, correlationId: "c" }), outside)).toEqual({ batchItemFailures: [] });
    expect(stored.get(ID)).toEqual(RECORD);
    expect(ages).toEqual([5000]);
    expect(notes).toEqual([["saved", "c"]]);
  });

  test("that come twice are counted once", async () => {
    const { ages, outside } = table();
    await saveQueued(batch({ record: RECORD }), outside);
    expect(await saveQueued(batch({ record: RECORD }), outside)).toEqual({ batchItemFailures: [] });
    expect(ages).toHaveLength(1);
  });

  test("return alone of their batch when they cannot be stored or make no sense", async () => {
    const other = { ...RECORD, user: "bob", RecordId: "0d1f2c3b-8a4e-4c7d-9e2f-5b6a7c8d9e0f" };
    const { stored, outside } = table(({ user }) => user === "bob");
    const answer = await saveQueued(batch({ record: other }, { record: RECORD }, { nonsense: true }), outside);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }, { itemIdentifier: "m2" }] });
    expect([...stored.keys()]).toEqual([ID]);
  });

  test("are told apart from a request", () => {
    expect(isQueueEvent(batch({}))).toBe(true);
    expect(isQueueEvent({ body: "{}", headers: {} })).toBe(false);
  });
});

test("the correlation id is found however a client has written its header", () => {
  expect(correlationIdOf({ "X-Correlation-Id": "c" })).toBe("c");
  expect(correlationIdOf({ accept: "*/*" })).toBeUndefined();
  expect(correlationIdOf(null)).toBeUndefined();
});
