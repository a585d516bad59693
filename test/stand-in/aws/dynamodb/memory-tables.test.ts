import { beforeEach, describe, expect, test } from "vitest";
import { createMemoryTables, type MemoryTables } from "../../../../stand-in/aws/dynamodb/memory-tables.ts";
import { sampleTables } from "./sample-tables.ts";

let tables: MemoryTables;
beforeEach(() => {
  tables = createMemoryTables(sampleTables);
});

// biome-ignore lint/suspicious/noExplicitAny: the outputs of all commands
const call = (command: string, input: object): Promise<any> =>
  tables.operations[command]!.run({ TableName: "notes", ...input } as never);
const put = (item: object, rest: object = {}) => call("Put", { Item: { owner: "ann", page: "1", ...item }, ...rest });
const Key = { owner: "ann", page: "1" };
const update = (UpdateExpression: string, ExpressionAttributeValues?: object, rest: object = {}) =>
  call("Update", { Key, UpdateExpression, ExpressionAttributeValues, ReturnValues: "ALL_NEW", ...rest });
const read = async () => (await call("Get", { Key })).Item;
const fill = async (pages: string[], rest: object = {}) => {
  for (const page of pages) await put({ page, ...rest });
};

describe("items", () => {
  test("are copies on their way in and out", async () => {
    const item = { tags: ["a"], more: { deep: { er: 1 } } };
    await put(item);
    item.tags.push("b");
    const first = await read();
    first.more.deep.er = 2;
    (tables.items("notes")[0]!.tags as string[]).push("c");
    expect(await read()).toEqual({ ...Key, tags: ["a"], more: { deep: { er: 1 } } });
  });

  test("that are not there have no Item", async () => {
    expect(await call("Get", { Key, ConsistentRead: true })).toEqual({});
  });

  test("are refused without their whole key, with another key, or with a key of another type", async () => {
    const refused = { name: "ValidationException", $metadata: { httpStatusCode: 400 } };
    await expect(call("Put", { Item: { owner: "ann" } })).rejects.toMatchObject(refused);
    await expect(call("Get", { Key: { ...Key, more: 1 } })).rejects.toMatchObject(refused);
    await expect(call("Get", { Key: { owner: "ann", page: 1 } })).rejects.toMatchObject(refused);
    await expect(put({ page: "" })).rejects.toMatchObject(refused);
    await expect(put({ text: "x".repeat(400 * 1024) })).rejects.toMatchObject(refused);
  });

  test("with what the document client cannot marshal are refused as it refuses them", async () => {
    await expect(put({ gone: undefined })).rejects.toThrow("Pass options.removeUndefinedValues=true");
    await expect(put({ at: Number.NaN })).rejects.toThrow("Special numeric value NaN is not allowed");
    await expect(put({ at: 2 ** 60 })).rejects.toThrow("is greater than");
  });

  test("of a table that there is not are an error of the service", async () => {
    await expect(call("Get", { TableName: "none", Key })).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  });
});

describe("a condition", () => {
  const condition = (ConditionExpression: string, values?: object, names?: object) =>
    put({}, { ConditionExpression, ExpressionAttributeValues: values, ExpressionAttributeNames: names });
  const fails = { name: "ConditionalCheckFailedException" };

  test("that does not hold changes nothing", async () => {
    await put({ state: "first" });
    await expect(condition("attribute_not_exists(page)")).rejects.toMatchObject(fails);
    expect(await read()).toMatchObject({ state: "first" });
  });

  test("binds NOT before AND before OR, unless there are parentheses", async () => {
    await put({});
    const [t, f] = ["attribute_exists(page)", "attribute_not_exists(page)"];
    await condition(`${t} OR ${f} AND ${f}`);
    await condition(`NOT ${f} AND ${t}`);
    await expect(condition(`(${t} OR ${f}) AND ${f}`)).rejects.toMatchObject(fails);
    await expect(condition(`not (${t} or ${f})`)).rejects.toMatchObject(fails);
  });

  test("looks into maps, by names that need placeholders too", async () => {
    await put({ change: { kind: "fault", "odd.name": 1 } });
    await expect(
      condition("#c.kind = :k AND #c.#o = :one", { ":k": "fault", ":one": 2 }, { "#c": "change", "#o": "odd.name" }),
    ).rejects.toMatchObject(fails);
    await condition(
      "#c.kind = :k AND #c.#o = :one",
      { ":k": "fault", ":one": 1 },
      { "#c": "change", "#o": "odd.name" },
    );
  });

  test("on what is not there holds only as unequal; values of different types have no order", async () => {
    await put({ count: 5 });
    await condition("missing <> :v", { ":v": 1 });
    for (const operator of ["=", "<", "<=", ">", ">="]) {
      await expect(condition(`missing ${operator} :v`, { ":v": 1 })).rejects.toMatchObject(fails);
    }
    await expect(condition("#c < :v", { ":v": "9" }, { "#c": "count" })).rejects.toMatchObject(fails);
  });

  test("compares lists and maps by what is in them", async () => {
    await put({ tags: [{ a: 1 }, null] });
    await condition("tags = :v", { ":v": [{ a: 1 }, null] });
  });

  test("orders text as its UTF-8 bytes are", async () => {
    await put({ text: "\ud83d\ude00" });
    await condition("#t > :v", { ":v": "\uffee" }, { "#t": "text" });
  });

  test.each([
    ["an undefined value", "a = :missing", { ":v": 1 }],
    ["a value that is not used", "attribute_exists(a)", { ":v": 1 }],
    ["an undefined name", "#a = :v", { ":v": 1 }],
    ["a function that there is not", "starts_with(a, :v)", { ":v": "x" }],
    ["text that is no condition", "a == :v", { ":v": 1 }],
    ["an unfinished one", "a = :v AND", { ":v": 1 }],
    ["nothing", " ", undefined],
    ["an order of booleans", "a < :v", { ":v": true }],
    ["bounds the wrong way round", "a BETWEEN :v AND :w", { ":v": 2, ":w": 1 }],
    ["an attribute compared with itself", "a = a", undefined],
  ])("with %s is invalid", async (_what, expression, values) => {
    await expect(condition(expression, values)).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("an update", () => {
  test("sets and removes, also in maps, and reads everything from the item as it was", async () => {
    await put({ one: 1, two: 2, map: { keep: 1, drop: 2 }, list: ["a"] });
    const { Attributes } = await update(
      "SET one = two, two = one, map.more = if_not_exists(map.more, :v), list = list_append(list, :l), three = one + two REMOVE map.drop",
      { ":v": { x: 1 }, ":l": ["b"] },
    );
    expect(Attributes).toEqual({
      ...Key,
      one: 2,
      two: 1,
      three: 3,
      map: { keep: 1, more: { x: 1 } },
      list: ["a", "b"],
    });
    expect(await read()).toEqual(Attributes);
  });

  test("keeps what is there, even null, where it is asked to", async () => {
    await put({ nothing: null });
    await update("SET nothing = if_not_exists(nothing, :v)", { ":v": 1 });
    expect(await read()).toMatchObject({ nothing: null });
  });

  test("counts in decimals", async () => {
    await put({ sum: 0.1 });
    expect(
      (await update("SET #s = #s + :v", { ":v": 0.2 }, { ExpressionAttributeNames: { "#s": "sum" } })).Attributes.sum,
    ).toBe(0.3);
  });

  test("makes an item that was not there, unless its condition says otherwise", async () => {
    await expect(
      update("SET a = :v", { ":v": 1 }, { ConditionExpression: "attribute_exists(page)" }),
    ).rejects.toMatchObject({
      name: "ConditionalCheckFailedException",
    });
    expect(await update("SET a = :v", { ":v": 1 }, { ReturnValues: "ALL_OLD" })).toEqual({});
    expect(await update("SET a = :v", { ":v": 2 }, { ReturnValues: "ALL_OLD" })).toEqual({
      Attributes: { ...Key, a: 1 },
    });
  });

  test("that fails half-way changes nothing", async () => {
    await put({ a: 1 });
    await expect(update("SET a = :v, none.x = :v", { ":v": 2 })).rejects.toMatchObject({ name: "ValidationException" });
    expect(await read()).toMatchObject({ a: 1 });
  });

  test.each([
    ["of the key", "SET page = :v"],
    ["of overlapping paths", "SET m = :v, m.x = :v"],
    ["from what is not there", "SET a = missing, b = :v"],
    ["with two SET sections", "SET a = :v SET b = :v"],
    ["without a section", "a = :v"],
  ])("%s is invalid", async (_what, expression) => {
    await put({});
    await expect(update(expression, { ":v": "1" })).rejects.toMatchObject({ name: "ValidationException" });
  });
});

describe("a query", () => {
  const query = (KeyConditionExpression: string, values: object, rest: object = {}) =>
    call("Query", { KeyConditionExpression, ExpressionAttributeValues: values, ...rest });
  const pages = (output: { Items: { page: string }[] }) => output.Items.map(({ page }) => page);

  test("gives a partition in the order of its sort key, or backwards", async () => {
    await fill(["3", "1", "2"]);
    await put({ owner: "bob" });
    expect(pages(await query("owner = :o", { ":o": "ann" }))).toEqual(["1", "2", "3"]);
    expect(pages(await query("owner = :o", { ":o": "ann" }, { ScanIndexForward: false }))).toEqual(["3", "2", "1"]);
  });

  test("orders numbers as numbers", async () => {
    for (const tick of [10, 9, -1]) await call("Put", { TableName: "readings", Item: { sensor: "a", tick } });
    const { Items } = await query("sensor = :s AND tick > :t", { ":s": "a", ":t": -5 }, { TableName: "readings" });
    expect(Items.map(({ tick }: { tick: number }) => tick)).toEqual([-1, 9, 10]);
  });

  test("narrows the sort key", async () => {
    await fill(["10-load", "30-fault-00", "30-fault-01", "40"]);
    const narrowed = (condition: string, values: object) =>
      query(`owner = :o AND ${condition}`, { ":o": "ann", ...values });
    expect(pages(await narrowed("begins_with(page, :p)", { ":p": "30-" }))).toEqual(["30-fault-00", "30-fault-01"]);
    expect(pages(await narrowed("page BETWEEN :a AND :b", { ":a": "30-fault-01", ":b": "40" }))).toEqual([
      "30-fault-01",
      "40",
    ]);
    expect(pages(await narrowed(":p >= page", { ":p": "10-load" }))).toEqual(["10-load"]);
  });

  test("counts Limit before the filter, and goes on where it stopped, even behind what is gone", async () => {
    await fill(["1", "2", "3", "4"], { kind: "odd" });
    await put({ page: "2", kind: "even" });
    const rest = { FilterExpression: "kind = :k", Limit: 2 };
    const first = await query("owner = :o", { ":o": "ann", ":k": "odd" }, rest);
    expect(first).toMatchObject({ Count: 1, ScannedCount: 2, LastEvaluatedKey: { owner: "ann", page: "2" } });
    await call("Delete", { Key: { owner: "ann", page: "2" } });
    const second = await query(
      "owner = :o",
      { ":o": "ann", ":k": "odd" },
      { ...rest, ExclusiveStartKey: first.LastEvaluatedKey },
    );
    expect(pages(second)).toEqual(["3", "4"]);
  });

  test("ends a page at a megabyte", async () => {
    await fill(["1", "2", "3", "4"], { text: "x".repeat(390 * 1024) });
    const first = await query("owner = :o", { ":o": "ann" });
    expect(first).toMatchObject({ Count: 3, LastEvaluatedKey: { page: "3" } });
    expect(
      (await query("owner = :o", { ":o": "ann" }, { ExclusiveStartKey: first.LastEvaluatedKey })).LastEvaluatedKey,
    ).toBeUndefined();
  });

  test.each([
    ["without the partition", "page = :o", { ":o": "1" }],
    ["for more than one partition", "owner > :o", { ":o": "a" }],
    ["by an attribute that is no key", "owner = :o AND kind = :o", { ":o": "a" }],
    ["with OR", "owner = :o OR page = :o", { ":o": "a" }],
    ["by a value of another type", "owner = :o", { ":o": 1 }],
  ])("%s is invalid", async (_what, expression, values) => {
    await expect(query(expression, values)).rejects.toMatchObject({ name: "ValidationException" });
  });
});

test("a scan sees every partition, page by page", async () => {
  await fill(["1", "2"]);
  await put({ owner: "bob" });
  const seen: string[] = [];
  let ExclusiveStartKey: object | undefined;
  do {
    const { Items, LastEvaluatedKey } = await call("Scan", { Limit: 2, ExclusiveStartKey });
    seen.push(...Items.map(({ owner, page }: typeof Key) => owner + page));
    ExclusiveStartKey = LastEvaluatedKey;
  } while (ExclusiveStartKey);
  expect(seen.sort()).toEqual(["ann1", "ann2", "bob1"]);
  expect(tables.items("notes")).toHaveLength(3);
});

test("what is not played is an error that says what", async () => {
  await expect(call("Query", { IndexName: "by-kind" })).rejects.toThrow("do not play IndexName of Query");
  await expect(put({}, { ConditionExpression: "size(a) = :v" })).rejects.toThrow("do not play size in conditions");
  await expect(put({}, { ConditionExpression: "a[0] = :v" })).rejects.toThrow("do not play list indexes");
  await expect(put({ when: new Date(0) })).rejects.toThrow("do not play values such as Thu Jan 01 1970");
  await expect(update("ADD a :v", { ":v": 1 })).rejects.toThrow("do not play ADD in updates");
  await expect(update("SET a = :v", { ":v": 1 }, { ReturnValues: "UPDATED_NEW" })).rejects.toThrow(
    "ReturnValues UPDATED_NEW",
  );
});

test("a call needs the API's action on its table", () => {
  expect(tables.operations.Put!.needs({ TableName: "notes" } as never)).toEqual([
    { action: "dynamodb:PutItem", resource: expect.stringMatching(/^arn:aws:dynamodb:.*:table\/notes$/) },
  ]);
});
