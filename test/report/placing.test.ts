import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrangeFlags, placeApart } from "../../report/placing.ts";

const room = { left: 58, right: 956 };
const mark = fc.record({ x: fc.integer({ min: 58, max: 916 }), label: fc.string({ minLength: 1, maxLength: 30 }) });

describe("arrangeFlags", () => {
  it("never lets one label cover another", () => {
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 12 }), (marks) => {
        const placed = arrangeFlags(marks, room);
        expect(placed).toHaveLength(marks.length);
        for (const [index, one] of placed.entries()) {
          for (const other of placed.slice(index + 1)) {
            if (one.row === other.row) expect(one.to <= other.from || other.to <= one.from).toBe(true);
          }
        }
      }),
    );
  });

  it("keeps poles out of labels in the usual course of a game day", () => {
    const marks = [
      { x: 475, label: "slow-third in effect" },
      { x: 631, label: "load-comparison after 17 s" },
      { x: 744, label: "undo in effect" },
      { x: 789, label: "recovered after 5 s" },
    ];
    const placed = arrangeFlags(marks, room);
    const crossed = placed.flatMap((one) =>
      placed.filter((other) => other.row > one.row && one.from < other.x && other.x < one.to),
    );
    expect(crossed).toEqual([]);
    expect(Math.max(...placed.map(({ row }) => row))).toBeLessThan(3);
  });

  it("puts a label to the left where there is no room on the right", () => {
    expect(arrangeFlags([{ x: 900, label: "recovered after 5 s" }], room)[0]).toMatchObject({ flipped: true, row: 0 });
  });
});

describe("placeApart", () => {
  it("keeps the order and the distance", () => {
    expect(placeApart([{ y: 100 }, { y: 98 }, { y: 40 }], 13).map(({ y }) => y)).toEqual([100, 87, 40]);
  });
});
