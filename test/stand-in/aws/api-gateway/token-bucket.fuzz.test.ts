import fc from "fast-check";
import { expect, test } from "vitest";
import { TokenBucket } from "../../../../stand-in/aws/api-gateway/token-bucket.ts";

test("never lets more through than the burst and the rate over the time that has passed", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 200 }),
      (rate, burst, gaps) => {
        const bucket = new TokenBucket(0);
        let now = 0;
        let passed = 0;
        for (const gap of gaps) {
          now += gap;
          if (bucket.take({ rate, burst }, now)) passed++;
          expect(passed).toBeLessThanOrEqual(burst + (rate * now) / 1000 + 1e-6);
        }
        // And no less, when requests come faster than that: a full bucket is not refused.
        expect(passed).toBeGreaterThanOrEqual(Math.min(burst, gaps.length));
      },
    ),
  );
});

test("takes another rate with the next request, and keeps no more than the new burst", () => {
  const bucket = new TokenBucket(0);
  expect(bucket.take({ rate: 10, burst: 10 }, 0)).toBe(true);
  const taken = [1, 2, 3].map(() => bucket.take({ rate: 1, burst: 2 }, 0));
  expect(taken).toEqual([true, true, false]);
  expect(bucket.take({ rate: 1, burst: 2 }, 1000)).toBe(true);
});
