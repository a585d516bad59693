import { expect, test } from "vitest";
import { cached } from "../../../examples/notifications/handlers/deliver/cached.ts";

function counting() {
  let now = 0;
  let loads = 0;
  let failing = false;
  const read = cached(
    async () => {
      loads++;
      if (failing) throw new Error("unreachable");
      return `value ${loads}`;
    },
    1000,
    () => now,
  );
  return {
    read,
    pass: (ms: number) => {
      now += ms;
    },
    fail: (yes: boolean) => {
      failing = yes;
    },
  };
}

test("a value is asked for once, and again when it is old", async () => {
  const { read, pass } = counting();
  expect(await Promise.all([read(), read()])).toEqual(["value 1", "value 1"]);
  pass(999);
  expect(await read()).toBe("value 1");
  pass(1);
  expect(await read()).toBe("value 2");
});

test("a failure is not kept", async () => {
  const { read, fail } = counting();
  fail(true);
  await expect(read()).rejects.toThrow("unreachable");
  fail(false);
  expect(await read()).toBe("value 2");
});
