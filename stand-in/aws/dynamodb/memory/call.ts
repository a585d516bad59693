import { type ParsedCondition, parseCondition } from "./condition.ts";
import { Bindings, type Expression, invalid } from "./expression.ts";
import { type ParsedUpdate, parseUpdate } from "./update.ts";
import { copy, type Item } from "./values.ts";

/** What commands may say. */
export interface Input {
  TableName?: string;
  Item?: object;
  Key?: object;
  ConditionExpression?: string;
  UpdateExpression?: string;
  KeyConditionExpression?: string;
  FilterExpression?: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, unknown>;
  ExclusiveStartKey?: object;
  ReturnValues?: string;
  ScanIndexForward?: boolean;
  Limit?: number;
}

/** A call's input with its expressions read and its values copied. */
export class Call {
  readonly input: Input;
  readonly condition: ParsedCondition | undefined;
  readonly filter: ParsedCondition | undefined;
  readonly keys: ParsedCondition | undefined;
  readonly update: ParsedUpdate | undefined;
  readonly bindings: Bindings;

  constructor(input: Input) {
    const { ConditionExpression, FilterExpression, KeyConditionExpression, UpdateExpression } = input;
    const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input;
    this.input = input;
    this.condition = ConditionExpression === undefined ? undefined : parseCondition(ConditionExpression);
    this.filter = FilterExpression === undefined ? undefined : parseCondition(FilterExpression);
    this.keys = KeyConditionExpression === undefined ? undefined : parseCondition(KeyConditionExpression);
    this.update = UpdateExpression === undefined ? undefined : parseUpdate(UpdateExpression);
    for (const given of [names, values]) {
      if (given && Object.keys(given).length === 0) throw invalid("Expression attributes must not be empty");
    }
    this.bindings = new Bindings(names, values && (copy(values) as Item));
    const expressions: (Expression | undefined)[] = [this.condition, this.filter, this.keys, this.update];
    this.bindings.check(expressions.filter((each) => each !== undefined));
  }

  item(field: "Item" | "Key" | "ExclusiveStartKey"): Item {
    const given = this.input[field];
    if (given === undefined) throw invalid(`Value null at '${field}' failed to satisfy constraint: must not be null`);
    return copy(given) as Item;
  }
}

/** An output as the document client gives it: copies, and nothing that is undefined. */
export function shown(output: Record<string, unknown>): object {
  return copy(Object.fromEntries(Object.entries(output).filter(([, value]) => value !== undefined))) as object;
}
