import fc from "fast-check";
import { expect, test } from "vitest";
import { functionBlocks } from "../../analysis/function-blocks.ts";

const MINUTE = 60_000;
const series = (...values: number[]) => new Map(values.map((value, index) => [index * MINUTE, value]));
const none = new Map<number, number>();
const GRID = { from: 0, to: 10 * MINUTE, periodSeconds: 60, arrivalSeconds: 180 };
const metrics = {
  invocations: series(300, 300, 0),
  errors: series(0, 6, 0),
  throttles: series(0, 4, 20),
  p50: series(40, 41),
  p90: series(60, 61),
  p99: series(90, 91),
};

test("a period is a block: throttled calls count, as failed ones, and it is on hand when its metrics are", () => {
  expect(functionBlocks(metrics, GRID)).toEqual([
    { start: 0, end: MINUTE, count: 300, failed: 0, dropped: 0, p50: 40, p90: 60, p99: 90, sealedAt: 4 * MINUTE },
    {
      start: MINUTE,
      end: 2 * MINUTE,
      count: 304,
      failed: 10,
      dropped: 0,
      p50: 41,
      p90: 61,
      p99: 91,
      sealedAt: 5 * MINUTE,
    },
    {
      start: 2 * MINUTE,
      end: 3 * MINUTE,
      count: 20,
      failed: 20,
      dropped: 0,
      p50: undefined,
      p90: undefined,
      p99: undefined,
      sealedAt: 6 * MINUTE,
    },
  ]);
});

test("only whole periods within the interval are blocks, wherever it begins and ends", () => {
  const busy = { ...metrics, throttles: none, invocations: series(...Array.from({ length: 20 }, () => 5)) };
  fc.assert(
    fc.property(fc.nat(15 * MINUTE), fc.nat(20 * MINUTE), (from, to) => {
      const blocks = functionBlocks(busy, { ...GRID, from, to });
      expect(blocks.every(({ start, end }) => start >= from && end <= to && start % MINUTE === 0)).toBe(true);
      expect(blocks.length).toBe(Math.max(0, Math.floor(to / MINUTE) - Math.ceil(from / MINUTE)));
    }),
  );
});
