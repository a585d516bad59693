import { expect, test } from "vitest";
import { counted } from "../../rehearsal/rehearsed.ts";

test("the same trouble many times over is told once, with how often", () => {
  expect(counted(["a", "b", "a", "a"])).toEqual(["a (3 times)", "b"]);
});
