import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addToSketch,
  mergeSketches,
  RELATIVE_ERROR,
  type Sketch,
  sketchCount,
  sketchQuantile,
} from "../../loadgen/sketch.ts";

/** From a microsecond to ten minutes, in milliseconds, small ones as likely as large ones. */
const latency = fc.double({ min: -3, max: Math.log10(600_000), noNaN: true }).map((exponent) => 10 ** exponent);
const latencies = fc.array(latency, { minLength: 1, maxLength: 300 });
const q = fc.double({ min: 0, max: 1, noNaN: true });

function sketchOf(values: readonly number[]): Sketch {
  const sketch: Sketch = {};
  for (const value of values) addToSketch(sketch, value);
  return sketch;
}

test("any quantile is within the relative error of the exact one", () => {
  fc.assert(
    fc.property(latencies, q, (values, q) => {
      const sorted = values.toSorted((a, b) => a - b);
      const exact = sorted[Math.floor(q * (sorted.length - 1))]!;
      const found = sketchQuantile(sketchOf(values), q)!;
      // The last factor is rounding: a value on a bucket's edge may fall on either side of it.
      expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact * RELATIVE_ERROR * (1 + 1e-9));
    }),
  );
});

test("the sketches of N shards, merged, are exactly the sketch of one", () => {
  fc.assert(
    fc.property(fc.array(latencies, { minLength: 1, maxLength: 6 }), (shards) => {
      expect(mergeSketches(shards.map(sketchOf))).toEqual(sketchOf(shards.flat()));
    }),
  );
});

test("counts every latency, one of zero too", () => {
  fc.assert(
    fc.property(latencies, fc.nat(50), (values, refused) => {
      const sketch = sketchOf([...values, ...Array<number>(refused).fill(0)]);
      expect(sketchCount(sketch)).toBe(values.length + refused);
      if (refused > 0) expect(sketchQuantile(sketch, 0)).toBe(0);
    }),
  );
});

test("has no quantile when it is empty", () => {
  expect(sketchQuantile({}, 0.5)).toBeUndefined();
});
