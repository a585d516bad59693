import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import type { Resource } from "../../../templates/cfn/graph.ts";
import { attributesOf, type Condition } from "./condition.ts";
import { type Bindings, invalid } from "./expression.ts";
import { type Item, notPlayed, typeOf, type Value, type ValueType } from "./values.ts";

interface KeyAttribute {
  readonly name: string;
  readonly type: ValueType;
}

export interface Schema {
  readonly partition: KeyAttribute;
  readonly sort: KeyAttribute | undefined;
}

export function schemaOf({ name, properties }: Resource): Schema {
  const { AttributeDefinitions = [], KeySchema = [] } = properties as Partial<CreateTableCommandInput>;
  const attribute = (keyType: "HASH" | "RANGE"): KeyAttribute | undefined => {
    const key = KeySchema.find(({ KeyType }) => KeyType === keyType)?.AttributeName;
    if (key === undefined) return undefined;
    const type = AttributeDefinitions.find(({ AttributeName }) => AttributeName === key)?.AttributeType;
    if (type !== "S" && type !== "N") throw notPlayed(`keys of type ${type} (table ${name})`);
    return { name: key, type };
  };
  const partition = attribute("HASH");
  if (!partition) throw new Error(`Table ${name} has no partition key.`);
  return { partition, sort: attribute("RANGE") };
}

export const attributesOfKey = ({ partition, sort }: Schema): KeyAttribute[] =>
  sort ? [partition, sort] : [partition];

/** The key in an item; refuses one that is not as the schema says. */
export function keyIn(item: Item, schema: Schema): Item {
  const key: Item = {};
  for (const { name, type } of attributesOfKey(schema)) {
    const value = Object.hasOwn(item, name) ? item[name]! : undefined;
    if (value === undefined) throw invalid(`One or more parameter values were invalid: Missing the key ${name}`);
    if (typeOf(value) !== type)
      throw invalid(`One or more parameter values were invalid: Type mismatch for key ${name}`);
    if (value === "") throw invalid(`One or more parameter values are not valid: the key ${name} is an empty string`);
    key[name] = value;
  }
  return key;
}

/** A key as it was given: nothing but the key. */
export function wholeKey(key: Item, schema: Schema): Item {
  if (Object.keys(key).length !== attributesOfKey(schema).length) {
    throw invalid("The provided key element does not match the schema");
  }
  return keyIn(key, schema);
}

/** What a KeyConditionExpression asks for: one partition, and perhaps a condition on the sort key. */
export interface KeyCondition {
  readonly partition: Value;
  readonly sort: Condition | undefined;
}

export function keyCondition(condition: Condition, schema: Schema, bindings: Bindings): KeyCondition {
  const { partition, sort } = schema;
  const conditions = condition.kind === "and" ? [condition.left, condition.right] : [condition];
  const on = (name: string) => conditions.filter((each) => attributesOf(each, bindings).includes(name));
  for (const each of conditions) {
    const [attribute, ...others] = attributesOf(each, bindings);
    if (attribute === undefined || others.length > 0 || !isKeyCondition(each)) {
      throw invalid("Invalid operator or operand used in KeyConditionExpression");
    }
    const key = attributesOfKey(schema).find(({ name }) => name === attribute);
    if (!key) throw invalid(`Query condition missed key schema element: ${partition.name}`);
    for (const value of valuesIn(each, bindings)) {
      if (typeOf(value) !== key.type) throw invalid("Condition parameter type does not match schema type");
    }
  }
  const [ofPartition, again] = on(partition.name);
  const [ofSort, twice] = sort ? on(sort.name) : [];
  if (!ofPartition) throw invalid(`Query condition missed key schema element: ${partition.name}`);
  if (again || twice) throw invalid("KeyConditionExpressions must only contain one condition per key");
  if (ofPartition.kind !== "compare" || ofPartition.operator !== "=")
    throw invalid("Query key condition not supported");
  return { partition: valuesIn(ofPartition, bindings)[0]!, sort: ofSort };
}

type Simple = Exclude<Condition, { kind: "and" | "or" | "not" }>;

/** A condition on one attribute of the item itself that an index can answer. */
function isKeyCondition(condition: Condition): condition is Simple {
  switch (condition.kind) {
    case "compare":
      return condition.operator !== "<>" && condition.operands.every(isPlain);
    case "between":
    case "begins_with":
      return "path" in condition.operands[0] && condition.operands.every(isPlain);
    default:
      return false;
  }
}

const isPlain = (operand: Simple["operands"][number]) => "value" in operand || operand.path.length === 1;

const valuesIn = (condition: Simple, bindings: Bindings): Value[] =>
  condition.operands.flatMap((operand) => ("value" in operand ? [bindings.value(operand.value)] : []));
