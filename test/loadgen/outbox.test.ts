import { expect, test } from "vitest";
import { Outbox } from "../../loadgen/outbox.ts";
import type { Results } from "../../loadgen/results.ts";

/** A bucket that refuses the first writes. */
function bucket(refusals: number) {
  const written: string[] = [];
  const results: Results = {
    read: async () => undefined,
    write: async (key) => {
      if (refusals-- > 0) throw new Error("SlowDown");
      written.push(key);
    },
  };
  return { results, written };
}

test("what could not be written is tried again, in order", async () => {
  const { results, written } = bucket(1);
  const said: string[] = [];
  const outbox = new Outbox(results, (line) => said.push(line));
  outbox.put("a", 1);
  outbox.send();
  await new Promise(setImmediate);
  outbox.put("b", 2);
  await outbox.empty();
  expect(written).toEqual(["a", "b"]);
  expect(said).toEqual(["could not write a yet: SlowDown"]);
});

test("says what could not be written at last", async () => {
  const outbox = new Outbox(bucket(Number.POSITIVE_INFINITY).results, () => {});
  outbox.put("a", 1);
  await expect(outbox.empty([0, 0.01])).rejects.toThrow("found 1 that could not be: a");
});
