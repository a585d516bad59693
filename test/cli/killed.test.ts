import { expect, test } from "vitest";
import { sentenceOf } from "../../cli/killed.ts";

const lease = { target: "orders", holder: "day-1", executionArn: "arn", expiresAt: 1, cleanUps: 1 };
const said = (change: Partial<Parameters<typeof sentenceOf>[2]>) =>
  sentenceOf(
    "The game day day-1 was killed",
    "orders",
    { outcome: "released", held: true, lease: undefined, ...change },
    12,
  );

test.each([
  [{}, "and still held orders: the safety net put everything back (12 s)."],
  [{ held: false }, "while it held nothing: there was nothing to put back."],
  [
    { outcome: "quarantined" as const, lease: { ...lease, quarantine: "not restored: SLOW_MS" } },
    "and could not be put back: orders is in quarantine (not restored: SLOW_MS).",
  ],
  [
    { outcome: "held" as const, lease },
    "and still holds orders: the safety net could not finish. The next start tries again.",
  ],
])("what is said of a game day that was killed: %j", (change, ending) => {
  expect(said(change)).toBe(`The game day day-1 was killed ${ending}`);
});
