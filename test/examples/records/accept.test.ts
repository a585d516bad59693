import { expect, test } from "vitest";
import { accept } from "../../../examples/records/handlers/accept/accept.ts";
import { Queued } from "../../../examples/records/handlers/save/save-record.ts";

const outside = (queue: (queued: Queued) => Promise<void>) => ({
  queue,
  newId: () => "6e7f5a1c-3c5e-4b0e-9b0a-2f6f5d3c1a10",
  now: () => new Date("2026-11-21T09:00:00.000Z"),
});

test("a record is accepted once the queue has it, in a form that the saving function understands", async () => {
  const queued: Queued[] = [];
  const answer = await accept(
    { body: '{"user":"ada"}', correlationId: "c" },
    outside(async (each) => void queued.push(each)),
  );
  expect(answer.statusCode).toBe(202);
  expect(Queued.parse(JSON.parse(JSON.stringify(queued[0])))).toEqual({
    record: { user: "ada", RecordId: JSON.parse(answer.body).recordId, Timestamp: "2026-11-21T09:00:00.000Z" },
    correlationId: "c",
  });
});

test("what the queue does not take is not accepted", async () => {
  const refusing = outside(() => Promise.reject(new Error("no queue")));
  await expect(accept({ body: '{"user":"ada"}', correlationId: undefined }, refusing)).rejects.toThrow("no queue");
});

test("a client's mistake never reaches the queue", async () => {
  const never = outside(() => Promise.reject(new Error("reached")));
  expect(await accept({ body: "{}", correlationId: undefined }, never)).toMatchObject({ statusCode: 400 });
});
