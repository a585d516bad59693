import { describe, expect, it } from "vitest";
import { betaQuantile, bisect, incompleteBeta, studentQuantile } from "../../analysis/distributions.ts";

describe("distributions", () => {
  it.each([
    // Tables of Student's t.
    [0.95, 3, 2.353],
    [0.95, 10, 1.812],
    [0.99, 6, 3.143],
    [0.9995, 30, 3.646],
    [0.975, 1000, 1.962],
  ])("has Student's t at %d with %d degrees of freedom", (p, freedom, t) => {
    expect(studentQuantile(p, freedom)).toBeCloseTo(t, 2);
  });

  it("has the rule of three for the upper limit of a rate", () => {
    expect(betaQuantile(0.95, 1, 1000)).toBeCloseTo(3 / 1000, 4);
  });

  it("undoes its own quantile", () => {
    for (const [a, b] of [
      [1, 1400],
      [3.5, 96],
      [0.5, 0.5],
      [40, 2],
    ] as const) {
      expect(incompleteBeta(betaQuantile(0.98, a, b), a, b)).toBeCloseTo(0.98, 6);
    }
  });

  it("finds the smallest value that is enough", () => {
    expect(bisect((value) => value >= 0.3, 0, 1)).toBeCloseTo(0.3, 9);
    expect(bisect(() => false, 0, 1)).toBe(1);
  });
});
