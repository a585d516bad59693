import { type Call, shown } from "./call.ts";
import { holds } from "./condition.ts";
import { invalid } from "./expression.ts";
import { keyIn, type Schema, wholeKey } from "./key.ts";
import type { Row } from "./table.ts";
import { compare, type Item } from "./values.ts";

/** What one page reads at most (DynamoDB developer guide, "Paginating table query results"). */
const PAGE_BYTES = 1024 * 1024;

/** One page of rows, and where the next one begins. `Limit` counts what is read, not what the filter lets through. */
export function page(rows: readonly Row[], schema: Schema, call: Call): object {
  const { filter, bindings, input } = call;
  const { Limit: limit = Number.POSITIVE_INFINITY } = input;
  if (limit < 1) throw invalid("Value at 'limit' failed to satisfy constraint: must be at least 1");
  const from =
    input.ExclusiveStartKey === undefined ? 0 : after(rows, wholeKey(call.item("ExclusiveStartKey"), schema), call);
  const read: Row[] = [];
  let bytes = 0;
  for (let at = from; at < rows.length && read.length < limit && bytes < PAGE_BYTES; at++) {
    read.push(rows[at]!);
    bytes += rows[at]!.bytes;
  }
  const items = read.filter(({ item }) => !filter || holds(filter.condition, item, bindings));
  const last = read.length >= limit || bytes >= PAGE_BYTES ? read.at(-1) : undefined;
  return shown({
    Items: items.map(({ item }) => item),
    Count: items.length,
    ScannedCount: read.length,
    LastEvaluatedKey: last && keyIn(last.item, schema),
  });
}

/** The first row behind a key, which need not be there any more. */
function after(rows: readonly Row[], key: Item, { input }: Call): number {
  const backwards = input.ScanIndexForward === false;
  const index = rows.findIndex(({ item }) => {
    const order = Object.keys(key).reduce((sum, name) => sum || compare(item[name]!, key[name]!), 0);
    return backwards ? order < 0 : order > 0;
  });
  return index < 0 ? rows.length : index;
}
