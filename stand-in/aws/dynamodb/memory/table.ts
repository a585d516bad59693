import { ServiceError } from "../../operation.ts";
import { type Call, shown } from "./call.ts";
import { holds } from "./condition.ts";
import { invalid } from "./expression.ts";
import type { Schema } from "./key.ts";
import { compare, type Item, notPlayed, sizeOfItem, type Value } from "./values.ts";

/** DynamoDB's limit (developer guide, "Constraints"). */
const ITEM_BYTES = 400 * 1024;

export interface Row {
  readonly item: Item;
  readonly bytes: number;
}

/** Items by partition and sort key. An item in it is never changed, only replaced. */
export class Table {
  readonly schema: Schema;
  readonly #partitions = new Map<Value, Map<Value, Row>>();

  constructor(schema: Schema) {
    this.schema = schema;
  }

  get(key: Item): Item | undefined {
    return this.#partitions.get(key[this.schema.partition.name]!)?.get(this.#sortOf(key))?.item;
  }

  write(key: Item, change: (old: Item | undefined) => Item | undefined, call: Call, known: readonly string[]): object {
    const { ReturnValues: wanted = "NONE" } = call.input;
    if (wanted.startsWith("UPDATED_")) throw notPlayed(`ReturnValues ${wanted}`);
    if (!known.includes(wanted)) throw invalid(`Return values set to invalid value ${wanted}`);
    const old = this.get(key);
    if (call.condition && !holds(call.condition.condition, old ?? {}, call.bindings)) {
      throw new ServiceError("ConditionalCheckFailedException", "The conditional request failed");
    }
    const item = change(old);
    if (item === undefined) this.#remove(key);
    else this.#put(key, item);
    return shown({ Attributes: wanted === "ALL_OLD" ? old : wanted === "ALL_NEW" ? item : undefined });
  }

  /** A partition's rows in the order of their sort key. */
  partition(value: Value): Row[] {
    const rows = [...(this.#partitions.get(value)?.values() ?? [])];
    return rows.sort((a, b) => compare(this.#sortOf(a.item), this.#sortOf(b.item)));
  }

  scan(): Row[] {
    return [...this.#partitions.keys()].sort(compare).flatMap((value) => this.partition(value));
  }

  #put(key: Item, item: Item): void {
    const bytes = sizeOfItem(item);
    if (bytes > ITEM_BYTES) throw invalid("Item size has exceeded the maximum allowed size");
    const partition = key[this.schema.partition.name]!;
    let rows = this.#partitions.get(partition);
    if (!rows) {
      rows = new Map();
      this.#partitions.set(partition, rows);
    }
    rows.set(this.#sortOf(key), { item, bytes });
  }

  #remove(key: Item): void {
    const partition = key[this.schema.partition.name]!;
    const rows = this.#partitions.get(partition);
    rows?.delete(this.#sortOf(key));
    if (rows?.size === 0) this.#partitions.delete(partition);
  }

  #sortOf(key: Item): Value {
    return this.schema.sort ? key[this.schema.sort.name]! : null;
  }
}
