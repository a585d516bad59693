import type { Resource } from "../../templates/cfn/graph.ts";
import { type Operations, operation, ServiceError } from "../operation.ts";
import { Call, type Input, shown } from "./memory/call.ts";
import { attributesOf, holds } from "./memory/condition.ts";
import { invalid } from "./memory/expression.ts";
import { attributesOfKey, keyCondition, keyIn, schemaOf, wholeKey } from "./memory/key.ts";
import { page } from "./memory/page.ts";
import { Table } from "./memory/table.ts";
import { updated } from "./memory/update.ts";
import { copy, type Item, notPlayed } from "./memory/values.ts";
import { type ItemOperation, itemOperations, tableNeeds } from "./operations.ts";

export interface MemoryTables {
  readonly operations: Operations;
  /** Everything in a table, in no order that means anything. */
  items(table: string): Record<string, unknown>[];
}

/**
 * DynamoDB without a server, for game days in virtual time: no timers and no I/O, and every call is one indivisible step.
 * It plays what gameday's own tables are used for and throws for the rest, by name. Neither reserved
 * words nor redundant parentheses are refused.
 */
export function createMemoryTables(resources: readonly Resource[]): MemoryTables {
  const tables = new Map(resources.map((resource) => [resource.name, new Table(schemaOf(resource))]));
  return {
    operations: Object.fromEntries(
      itemOperations.map(([name, action]) => [
        name,
        operation<Input, object>({
          needs: ({ TableName }) => tableNeeds(action, TableName),
          run: async (input) => play(name, input, tables),
        }),
      ]),
    ),
    items: (name) => (tables.get(name)?.scan() ?? []).map(({ item }) => copy(item) as Item),
  };
}

const COMMONS = ["TableName", "ExpressionAttributeNames", "ExpressionAttributeValues"];
const READS = [...COMMONS, "FilterExpression", "ExclusiveStartKey", "Limit", "ConsistentRead"];
const FIELDS: Readonly<Record<ItemOperation, readonly string[]>> = {
  Put: [...COMMONS, "Item", "ConditionExpression", "ReturnValues"],
  Get: ["TableName", "Key", "ConsistentRead"],
  Update: [...COMMONS, "Key", "UpdateExpression", "ConditionExpression", "ReturnValues"],
  Delete: [...COMMONS, "Key", "ConditionExpression", "ReturnValues"],
  Query: [...READS, "KeyConditionExpression", "ScanIndexForward"],
  Scan: READS,
};

function play(command: ItemOperation, input: Input, tables: ReadonlyMap<string, Table>): object {
  for (const [field, value] of Object.entries(input)) {
    if (value !== undefined && !FIELDS[command].includes(field)) throw notPlayed(`${field} of ${command}`);
  }
  const call = new Call(input);
  const table = tables.get(input.TableName ?? "");
  if (!table) throw new ServiceError("ResourceNotFoundException", "Requested resource not found");
  switch (command) {
    case "Get":
      return shown({ Item: table.get(wholeKey(call.item("Key"), table.schema)) });
    case "Put": {
      const item = call.item("Item");
      return table.write(keyIn(item, table.schema), () => item, call, ["NONE", "ALL_OLD"]);
    }
    case "Delete":
      return table.write(wholeKey(call.item("Key"), table.schema), () => undefined, call, ["NONE", "ALL_OLD"]);
    case "Update":
      return update(table, call);
    case "Query":
      return query(table, call);
    case "Scan":
      return page(table.scan(), table.schema, call);
  }
}

function update(table: Table, call: Call): object {
  const key = wholeKey(call.item("Key"), table.schema);
  for (const { path } of call.update?.assignments ?? []) {
    const [attribute] = call.bindings.path(path);
    if (attribute !== undefined && Object.hasOwn(key, attribute)) {
      throw invalid(`Cannot update attribute ${attribute}. This attribute is part of the key`);
    }
  }
  const change = (old: Item | undefined) =>
    call.update ? updated(old ?? key, call.update, call.bindings) : (old ?? key);
  return table.write(key, change, call, ["NONE", "ALL_OLD", "ALL_NEW"]);
}

function query(table: Table, call: Call): object {
  const { keys, filter, bindings, input } = call;
  if (!keys) throw invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified");
  const { partition, sort } = keyCondition(keys.condition, table.schema, bindings);
  const names = attributesOfKey(table.schema).map(({ name }) => name);
  if (filter && attributesOf(filter.condition, bindings).some((attribute) => names.includes(attribute))) {
    throw invalid("Filter Expression can only contain non-primary key attributes");
  }
  if (input.ExclusiveStartKey !== undefined) {
    const start = wholeKey(call.item("ExclusiveStartKey"), table.schema);
    if (start[table.schema.partition.name] !== partition || (sort && !holds(sort, start, bindings))) {
      throw invalid("The provided starting key is outside query boundaries based on provided conditions");
    }
  }
  const rows = table.partition(partition).filter(({ item }) => !sort || holds(sort, item, bindings));
  return page(input.ScanIndexForward === false ? rows.reverse() : rows, table.schema, call);
}
