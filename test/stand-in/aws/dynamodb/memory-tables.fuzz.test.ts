import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTables, type Tables } from "../../../../stand-in/aws/dynamodb/dynalite.ts";
import { createMemoryTables, type MemoryTables } from "../../../../stand-in/aws/dynamodb/memory-tables.ts";
import { outcome, sampleTables } from "./sample-tables.ts";

let real: Tables;
let memory: MemoryTables;
beforeAll(async () => {
  real = await createTables(sampleTables);
  memory = createMemoryTables(sampleTables);
});
afterAll(() => real.stop());

/** Few of everything, so that keys, attributes and values meet. */
const KEYS = {
  notes: { owner: ["ann", "bob"], page: ["1", "10", "2", "2-a"] },
  readings: { sensor: ["x", "y"], tick: [-2, 0, 3, 12.5] },
  marks: { mark: [1, 2, 30] },
} as const;
type TableName = keyof typeof KEYS;
const table = fc.constantFrom<TableName>("notes", "readings", "marks");
const keyOf = (name: TableName) =>
  fc.record(
    Object.fromEntries(Object.entries(KEYS[name]).map(([key, values]) => [key, fc.constantFrom<unknown>(...values)])),
  );

const text = fc.constantFrom("a", "ab", "b", "10", "2");
const number = fc.integer({ min: -3, max: 3 });
const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));
const list = fc.array(scalar, { maxLength: 3 });
const map = fc.dictionary(fc.constantFrom("x", "y"), scalar);
const attributes = fc.record({ a: scalar, b: scalar, c: number, list, map }, { requiredKeys: [] });

/** A piece of an expression: its text, with placeholders that the whole expression numbers. */
type Piece = (scope: { name(name: string): string; value(value: unknown): string }) => string;

const path: fc.Arbitrary<Piece> = fc
  .tuple(
    fc.constantFrom("a", "a", "b", "b", "c", "c", "list", "map", "map.x", "map.y", "map.y", "none", "none.x", "a.x"),
    fc.boolean(),
  )
  .map(
    ([dotted, bare]) =>
      ({ name }) =>
        dotted
          .split(".")
          .map((part) => (bare && !["list", "map", "none"].includes(part) ? part : name(part)))
          .join("."),
  );
const literal = (of: fc.Arbitrary<unknown>): fc.Arbitrary<Piece> =>
  of.map(
    (value) =>
      ({ value: placeholder }) =>
        placeholder(value),
  );
const join =
  (between: string) =>
  (pieces: readonly Piece[]): Piece =>
  (scope) =>
    pieces.map((piece) => piece(scope)).join(between);
const called =
  (name: string) =>
  (pieces: readonly Piece[]): Piece =>
  (scope) =>
    `${name}(${join(", ")(pieces)(scope)})`;

/**
 * Conditions in which dynalite is known to decide as DynamoDB does: not the order of booleans (DynamoDB refuses it), the
 * equality of lists and maps, and two attributes that are both not there.
 */
const simple: fc.Arbitrary<Piece> = fc.oneof(
  fc.tuple(path, literal(scalar)).map(join(" = ")),
  fc.tuple(literal(scalar), path).map(join(" <> ")),
  fc
    .tuple(path, fc.constantFrom(" < ", " <= ", " > ", " >= "), literal(fc.oneof(text, number)))
    .map(([left, operator, right]) => join(operator)([left, right])),
  fc.tuple(path, fc.oneof(fc.tuple(number, number), fc.tuple(text, text), fc.tuple(text, number))).map(
    ([left, [low, high]]): Piece =>
      (scope) =>
        `${left(scope)} BETWEEN ${scope.value(low)} AND ${scope.value(high)}`,
  ),
  fc.tuple(path).map(called("attribute_exists")),
  fc.tuple(path).map(called("attribute_not_exists")),
  fc.tuple(path, literal(fc.oneof({ weight: 15, arbitrary: text }, number))).map(called("begins_with")),
);
const { condition } = fc.letrec<{ condition: Piece }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    simple,
    fc.tuple(tie("condition"), tie("condition")).map(join(" AND ")),
    fc.tuple(tie("condition"), tie("condition")).map(join(" OR ")),
    fc.tuple(tie("condition"), simple).map(
      ([left, right]): Piece =>
        (scope) =>
          `(${left(scope)} OR ${right(scope)}) AND ${right(scope)}`,
    ),
    tie("condition").map(
      (inner): Piece =>
        (scope) =>
          `NOT ${inner(scope)}`,
    ),
  ),
}));

/** Not the maps that are written into: dynalite would make a map a part of itself. */
const from = fc.constantFrom("b", "c", "list", "map.x", "map.y", "never").map(
  (dotted): Piece =>
    ({ name }) =>
      dotted.split(".").map(name).join("."),
);
const source: fc.Arbitrary<Piece> = fc.oneof(
  literal(fc.oneof(scalar, list, map)),
  from,
  fc.tuple(from, literal(scalar)).map(called("if_not_exists")),
  fc.tuple(from, literal(fc.oneof({ weight: 15, arbitrary: list }, scalar))).map(called("list_append")),
  fc
    .tuple(from, fc.constantFrom(" + ", " - "), literal(fc.oneof({ weight: 15, arbitrary: number }, text)))
    .map(([a, sign, b]) => join(sign)([a, b])),
);
const assigned: fc.Arbitrary<Piece> = fc.tuple(path, source).map(join(" = "));
const sections = (clause: string, pieces: fc.Arbitrary<Piece>) =>
  fc.array(pieces, { minLength: 1, maxLength: 2 }).map(
    (all): Piece =>
      (scope) =>
        `${clause} ${join(", ")(all)(scope)}`,
  );
const update: fc.Arbitrary<Piece> = fc.oneof(
  sections("SET", assigned),
  sections("REMOVE", path),
  fc.tuple(sections("SET", assigned), sections("remove", path)).map(join(" ")),
  fc.constant<Piece>(({ value }) => `SET page = ${value("9")}, mark = ${value(9)}`),
);

/** The conditions on keys, most of them in order. */
const keyConditions = (name: TableName): fc.Arbitrary<Piece> => {
  const [partition = "", sort = "none"] = Object.keys(KEYS[name]);
  const values = Object.values(KEYS[name]) as unknown[][];
  const one = (of: unknown[] | undefined) => literal(fc.constantFrom(...(of ?? [1])));
  const named =
    (key: string): Piece =>
    (scope) =>
      scope.name(key);
  const ofPartition = fc.oneof(
    { weight: 30, arbitrary: one(values[0]).map((value) => join(" = ")([named(partition), value])) },
    one(values[0]).map((value) => join(" >= ")([named(partition), value])),
    literal(scalar).map((value) => join(" = ")([named(partition), value])),
  );
  const ofSort = fc.oneof(
    fc
      .tuple(one(values[1]), fc.constantFrom(" = ", " < ", " <= ", " > ", " >= ", " <> "))
      .map(([value, operator]) => join(operator)([named(sort), value])),
    fc.tuple(one(values[1]), one(values[1])).map(
      ([low, high]): Piece =>
        (scope) =>
          `${named(sort)(scope)} BETWEEN ${low(scope)} AND ${high(scope)}`,
    ),
    literal(text).map((value) => called("begins_with")([named(sort), value])),
  );
  return fc.oneof(
    { weight: 5, arbitrary: ofPartition },
    { weight: 5, arbitrary: fc.tuple(ofPartition, ofSort).map(join(" AND ")) },
    fc.tuple(ofSort, ofPartition).map(join(" AND ")),
    ofSort,
  );
};

/** Numbers the placeholders of all expressions of one call. */
function expressions(pieces: Record<string, Piece | undefined>) {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const scope = {
    name: (name: string) => {
      names[`#${name}`] = name;
      return `#${name}`;
    },
    value: (value: unknown) => {
      const placeholder = `:v${Object.keys(values).length}`;
      values[placeholder] = value;
      return placeholder;
    },
  };
  const texts = Object.fromEntries(
    Object.entries(pieces).flatMap(([field, piece]) => (piece ? [[field, piece(scope)]] : [])),
  );
  return {
    ...texts,
    ...(Object.keys(names).length > 0 ? { ExpressionAttributeNames: names } : {}),
    ...(Object.keys(values).length > 0 ? { ExpressionAttributeValues: values } : {}),
  };
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const call = fc.oneof(
  {
    weight: 3,
    arbitrary: table.chain((TableName) =>
      fc
        .tuple(keyOf(TableName), attributes, maybe(condition), fc.constantFrom("NONE", "ALL_OLD"))
        .map(([key, rest, ConditionExpression, ReturnValues]) => ({
          command: "Put",
          input: { TableName, Item: { ...rest, ...key }, ReturnValues, ...expressions({ ConditionExpression }) },
        })),
    ),
  },
  {
    weight: 5,
    arbitrary: table.chain((TableName) =>
      fc
        .tuple(keyOf(TableName), maybe(update), maybe(condition), fc.constantFrom("NONE", "ALL_OLD", "ALL_NEW"))
        .map(([Key, UpdateExpression, ConditionExpression, ReturnValues]) => ({
          command: "Update",
          input: { TableName, Key, ReturnValues, ...expressions({ UpdateExpression, ConditionExpression }) },
        })),
    ),
  },
  table.chain((TableName) =>
    fc
      .tuple(keyOf(TableName), maybe(condition), fc.constantFrom("NONE", "ALL_OLD"))
      .map(([Key, ConditionExpression, ReturnValues]) => ({
        command: "Delete",
        input: { TableName, Key, ReturnValues, ...expressions({ ConditionExpression }) },
      })),
  ),
  fc
    .tuple(table, seldom(table))
    .chain(([TableName, other = TableName]) =>
      keyOf(other).map((Key) => ({ command: "Get", input: { TableName, Key } })),
    ),
  {
    weight: 3,
    arbitrary: table.chain((TableName) =>
      fc
        .tuple(
          keyConditions(TableName),
          maybe(condition),
          maybe(fc.integer({ min: 1, max: 3 })),
          fc.boolean(),
          seldom(keyOf(TableName)),
        )
        .map(([KeyConditionExpression, FilterExpression, Limit, ScanIndexForward, ExclusiveStartKey]) => ({
          command: "Query",
          input: {
            TableName,
            ScanIndexForward,
            ...(Limit === undefined ? {} : { Limit }),
            ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }),
            ...expressions({ KeyConditionExpression, FilterExpression }),
          },
        })),
    ),
  },
  fc
    .tuple(fc.constantFrom<string>("notes", "readings", "nowhere"), maybe(condition))
    .map(([TableName, FilterExpression]) => ({
      command: "Scan",
      input: { TableName, ...expressions({ FilterExpression }) },
    })),
);

/** Partitions have no order in a scan. */
const unordered = (command: string, result: Awaited<ReturnType<typeof outcome>>) =>
  command === "Scan" && result.output
    ? {
        output: {
          ...result.output,
          Items: (result.output.Items as object[]).map((item) => JSON.stringify(sorted(item))).sort(),
        },
      }
    : result;
const sorted = (value: unknown): unknown =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, inner]) => [key, sorted(inner)]),
      )
    : value;

async function empty(): Promise<void> {
  for (const [TableName, keys] of Object.entries(KEYS)) {
    for (const item of memory.items(TableName)) {
      const Key = Object.fromEntries(Object.keys(keys).map((key) => [key, item[key]]));
      for (const { operations } of [real, memory]) await operations.Delete!.run({ TableName, Key } as never);
    }
  }
}

test("answers every call as the rehearsal's DynamoDB does, with the same items and the same errors", async () => {
  // As many as there is time for: on a busy machine every call to the other side takes its time.
  const until = performance.now() + 8000;
  await fc.assert(
    fc
      .asyncProperty(fc.array(call, { minLength: 5, maxLength: 25 }), async (calls) => {
        if (performance.now() > until) return;
        for (const { command, input } of calls) {
          const expected = unordered(command, await outcome(real.operations, command, input));
          expect(
            unordered(command, await outcome(memory.operations, command, input)),
            `${command} ${JSON.stringify(input)}`,
          ).toEqual(expected);
        }
      })
      .beforeEach(empty),
    { numRuns: 150 },
  );
});
