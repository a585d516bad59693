import fc from "fast-check";
import { expect, test } from "vitest";
import { blockKey, blocksPrefix, endedKey, PARAMETERS, parseBlockKey, TAGS } from "../../workflows/names.ts";

const id = fc.stringMatching(/^[\w-]{1,80}$/);
const start = fc.nat(9_999_999_999);
const shard = fc.nat(999);

test("a block's key reads back as what it was made of", () => {
  fc.assert(
    fc.property(id, start, shard, (id, start, shard) => {
      const key = blockKey(id, start, shard);
      expect(key.startsWith(blocksPrefix(id))).toBe(true);
      expect(parseBlockKey(key)).toEqual({ start, shard });
    }),
  );
});

test("keys sort by time, then by shard", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(start, shard), { maxLength: 20 }), (blocks) => {
      const inOrder = blocks.toSorted(([a, m], [b, n]) => a - b || m - n);
      expect(blocks.map(([start, shard]) => blockKey("x", start, shard)).toSorted()).toEqual(
        inOrder.map(([start, shard]) => blockKey("x", start, shard)),
      );
    }),
  );
});

test("the key of something else is no block's", () => {
  expect(parseBlockKey(endedKey("x", 0))).toBeUndefined();
});

test.each([PARAMETERS.targets, PARAMETERS.stacks])(
  "a parameter below $path reads back as the name it is of",
  (below) => {
    fc.assert(fc.property(fc.string(), (name) => below.nameIn(below.of(name)) === name));
  },
);

test("a parameter of another kind has no name", () => {
  expect(PARAMETERS.targets.nameIn(PARAMETERS.stacks.of("orders"))).toBeUndefined();
  expect(PARAMETERS.targets.nameIn(PARAMETERS.targets.path)).toBeUndefined();
  expect(PARAMETERS.stacks.nameIn(PARAMETERS.system)).toBeUndefined();
});

test("names that stand in people's templates and policies stay as they are", () => {
  expect(TAGS).toEqual({ id: "gameday:id", target: "gameday:target" });
  expect([PARAMETERS.system, PARAMETERS.targets.of("orders"), PARAMETERS.stacks.of("orders")]).toEqual([
    "/gameday/system",
    "/gameday/targets/orders",
    "/gameday/stacks/orders",
  ]);
});
