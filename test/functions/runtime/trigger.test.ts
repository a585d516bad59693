import { expect, test } from "vitest";
import { Misconfigured } from "../../../functions/runtime/errors.ts";
import { readGameDayArn } from "../../../functions/runtime/trigger.ts";

test("a trigger knows which state machine it starts, or does not load", () => {
  expect(readGameDayArn({ GAME_DAY_ARN: "arn:machine" })).toBe("arn:machine");
  expect(() => readGameDayArn({})).toThrow(Misconfigured);
  expect(() => readGameDayArn({ GAME_DAY_ARN: "" })).toThrow(
    "Expected the environment variable GAME_DAY_ARN; found none. It is set for every trigger in infra/game-day-starts.ts.",
  );
});
