import { describe, expect, test } from "vitest";
import * as z from "zod";
import { GameDayError, Refused, Transient } from "../../../functions/runtime/errors.ts";
import { type Runtime, step } from "../../../functions/runtime/step.ts";

const runtime = {} as Runtime;
const Input = z.object({ plan: z.object({ id: z.string(), shards: z.int() }) });

describe("a step", () => {
  test("is given its input, parsed", async () => {
    const echo = step("Echo", Input, async (input) => input);
    expect(await echo.call({ plan: { id: "a", shards: 1 }, other: true }, runtime)).toEqual({
      plan: { id: "a", shards: 1 },
    });
  });

  test("refuses a wrong input with a list of everything that is wrong in it, and does nothing", async () => {
    let acted = false;
    const acting = step("Acting", Input, async () => {
      acted = true;
    });
    const refused = acting.call({ plan: { id: 1, shards: "two" } }, runtime);
    await expect(refused).rejects.toThrow(Refused);
    await expect(refused).rejects.toThrow(
      /^Expected the input of Acting; found plan\.id: .*string.*; plan\.shards: .*\. See workflows\/state\.ts/,
    );
    expect(acted).toBe(false);
  });

  test("refuses no input at all", async () => {
    await expect(step("Echo", Input, async () => 1).call(undefined, runtime)).rejects.toThrow("found input: ");
  });

  test("leaves with a name that the state machine knows when the service was busy", async () => {
    const busy = Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
    const throttled = step("Throttled", z.unknown(), () => Promise.reject(busy));
    await expect(throttled.call({}, runtime)).rejects.toThrow(Transient);
  });

  test.each([Object.assign(new Error("no"), { name: "AccessDeniedException" }), new GameDayError("a", "b", "c")])(
    "leaves its error as it is: $name",
    async (error) => {
      const failing = step("Failing", z.unknown(), () => Promise.reject(error));
      await expect(failing.call({}, runtime)).rejects.toBe(error);
    },
  );
});
