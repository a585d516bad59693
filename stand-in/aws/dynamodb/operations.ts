import type {
  DescribeTableCommandInput,
  DescribeTableCommandOutput,
  ListTagsOfResourceCommandInput,
  ListTagsOfResourceCommandOutput,
  OnDemandThroughput,
  UpdateTableCommandInput,
  UpdateTableCommandOutput,
} from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { Resource } from "../../templates/cfn/graph.ts";
import { arn, plain, type Types } from "../../templates/cfn/naming.ts";
import { TokenBucket } from "../api-gateway/token-bucket.ts";
import { type Needs, type Operations, operation, ServiceError } from "../operation.ts";
import { readTags, tagContext, tagList } from "../resource-tags.ts";
import type { Part, Service } from "../service.ts";

/** Units a second; absent where there is no maximum. */
interface Most {
  readonly read?: number;
  readonly write?: number;
}

/** What a table is right now, beside what is in it. */
export interface TableRecord {
  readonly name: string;
  readonly arn: string;
  readonly path: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly billingMode: string;
  most: Most;
  /** What it will be when the change under way is done; absent when there is none. */
  pending?: Most;
}

/** DynamoDB's document commands that the steps use, and the API's action behind each. */
const ITEM_OPERATIONS = {
  Put: "PutItem",
  Get: "GetItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  Query: "Query",
  Scan: "Scan",
} as const;
export type ItemOperation = keyof typeof ITEM_OPERATIONS;
export const itemOperations = Object.entries(ITEM_OPERATIONS) as [ItemOperation, string][];

/** What a DynamoDB call needs: its action on the table. */
export const tableNeeds = (action: string, table: string | undefined): Needs[] => [
  { action: `dynamodb:${action}`, resource: arn("dynamodb", `table/${table}`) },
];

type Kind = "read" | "write";
/** What a request takes of the table, by its action; those that are not here take nothing. */
const KINDS: Readonly<Record<string, Kind>> = {
  GetItem: "read",
  Query: "read",
  Scan: "read",
  PutItem: "write",
  UpdateItem: "write",
  DeleteItem: "write",
};
const WRITE_UNIT_BYTES = 1024;
const NO_MAXIMUM = -1;

interface Options {
  readonly resources: readonly Resource[];
  /** How long a change takes, milliseconds. The maximum that stood before holds until it is over. */
  readonly updateMs: number;
  readonly now?: () => number;
}

/**
 * DynamoDB's control plane as far as game days use it, and what its maxima do to requests. A read counts as one unit, half
 * of it when eventually consistent, however much it finds; a write counts by what is sent. On AWS a table may take more
 * than its maximum for a while (developer guide, "maximum throughput for on-demand tables"); here a second's worth at once.
 */
export class TableThroughput implements Service {
  readonly records: ReadonlyMap<string, TableRecord>;
  readonly #updateMs: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor({ resources, updateMs, now = () => performance.now() }: Options) {
    this.records = new Map(resources.map((resource) => [resource.name, toRecord(resource)]));
    this.#updateMs = updateMs;
    this.#now = now;
  }

  /** Throws DynamoDB's own error for a request that goes beyond its table's maximum. */
  admit(action: string, input: object): void {
    const { TableName = "", ConsistentRead } = input as { TableName?: string; ConsistentRead?: boolean };
    const kind = KINDS[action];
    const record = this.records.get(TableName);
    const rate = kind && record?.most[kind];
    if (rate === undefined) return;
    const units = kind === "write" ? unitsToWrite(input) : ConsistentRead ? 1 : 0.5;
    const name = `${TableName}/${kind}`;
    const bucket = this.#buckets.get(name) ?? new TokenBucket(this.#now());
    this.#buckets.set(name, bucket);
    // A bucket gives whole requests: one of several units has that much less of the rate.
    if (bucket.take({ rate: rate / units, burst: Math.max(1, rate / units) }, this.#now())) return;
    throw new ServiceError(
      "ThrottlingException",
      `Throughput exceeds the maximum OnDemandThroughput configured on table or index: ${kind} units of ${TableName}`,
    );
  }

  get parts(): Part[] {
    return [...this.records.values()].map(partOf);
  }

  get operations(): Operations {
    const needs = (action: string, TableName: string | undefined) => {
      const { arn: resource, tags } = this.#find(TableName);
      return [{ action: `dynamodb:${action}`, resource, context: tagContext(tags) }];
    };
    const nameIn = (tableArn = "") => tableArn.split(":table/").at(-1);
    return {
      DescribeTable: operation<DescribeTableCommandInput, DescribeTableCommandOutput>({
        needs: ({ TableName }) => needs("DescribeTable", TableName),
        run: async ({ TableName }) => ({ Table: describe(this.#find(TableName)) }),
      }),
      UpdateTable: operation<UpdateTableCommandInput, UpdateTableCommandOutput>({
        mutates: true,
        needs: ({ TableName }) => needs("UpdateTable", TableName),
        run: async ({ TableName, OnDemandThroughput: wanted, ...others }) => {
          const [other] = Object.keys(others);
          if (other !== undefined) throw new Error(`The stand-in region does not play ${other} of UpdateTable.`);
          const record = this.#find(TableName);
          this.#update(record, wanted ?? {});
          return { TableDescription: describe(record) };
        },
      }),
      ListTagsOfResource: operation<ListTagsOfResourceCommandInput, ListTagsOfResourceCommandOutput>({
        needs: ({ ResourceArn }) => needs("ListTagsOfResource", nameIn(ResourceArn)),
        run: async ({ ResourceArn }) => ({ Tags: tagList(this.#find(nameIn(ResourceArn)).tags) }),
      }),
    };
  }

  #find(nameOrArn: string | undefined): TableRecord {
    const name = nameOrArn?.split("/").at(-1) ?? "";
    const record = this.records.get(name);
    if (record) return record;
    throw new ServiceError("ResourceNotFoundException", `Requested resource not found: Table: ${name} not found`);
  }

  #update(record: TableRecord, wanted: OnDemandThroughput): void {
    if (record.pending) {
      throw new ServiceError("ResourceInUseException", `Table is being updated: ${record.name}`);
    }
    if (record.billingMode !== "PAY_PER_REQUEST") {
      throw new ServiceError(
        "ValidationException",
        "One or more parameter values were invalid: OnDemandThroughput can only be specified when BillingMode is PAY_PER_REQUEST",
      );
    }
    const next: [string, number | undefined][] = [
      ["read", wanted.MaxReadRequestUnits ?? record.most.read],
      ["write", wanted.MaxWriteRequestUnits ?? record.most.write],
    ];
    const pending: Most = Object.fromEntries(next.filter(([, units]) => units !== undefined && units !== NO_MAXIMUM));
    record.pending = pending;
    setTimeout(() => {
      record.most = pending;
      delete record.pending;
    }, this.#updateMs).unref();
  }
}

const MostState = z.object({ read: z.number().exactOptional(), write: z.number().exactOptional() });

const partOf = (record: TableRecord): Part => ({
  field: "table",
  id: record.name,
  name: record.path,
  read: () => ({ ...record.most }),
  pending: () => record.pending && { ...record.pending },
  write(state) {
    record.most = MostState.parse(state);
  },
});

/** DynamoDB as a whole: tables, and what is in them as long as a table takes it. */
export const createDynamoDb = (throughput: TableThroughput, items: Operations): Service => ({
  http: { endpoint: "DYNAMODB" },
  parts: throughput.parts,
  operations: {
    ...Object.fromEntries(
      itemOperations.map(([name, action]) => {
        const played = items[name]!;
        const run: typeof played.run = async (input) => {
          throughput.admit(action, input);
          return played.run(input);
        };
        return [name, { ...played, run }];
      }),
    ),
    ...throughput.operations,
  },
});

function unitsToWrite(input: object): number {
  const { Item, Key, ExpressionAttributeValues } = input as Record<string, unknown>;
  const sent = Item ?? { ...(Key ?? {}), ...(ExpressionAttributeValues ?? {}) };
  return Math.max(1, Math.ceil(Buffer.byteLength(JSON.stringify(sent)) / WRITE_UNIT_BYTES));
}

const describe = ({ name, arn: TableArn, billingMode, most, pending }: TableRecord) => ({
  TableName: name,
  TableArn,
  TableStatus: pending ? ("UPDATING" as const) : ("ACTIVE" as const),
  BillingModeSummary: { BillingMode: billingMode as "PAY_PER_REQUEST" | "PROVISIONED" },
  ...(most.read === undefined && most.write === undefined
    ? {}
    : {
        OnDemandThroughput: {
          MaxReadRequestUnits: most.read ?? NO_MAXIMUM,
          MaxWriteRequestUnits: most.write ?? NO_MAXIMUM,
        },
      }),
});

function toRecord({ name, path, properties }: Resource): TableRecord {
  const { BillingMode = "PROVISIONED", OnDemandThroughput: most } = properties as {
    BillingMode?: string;
    OnDemandThroughput?: OnDemandThroughput;
  };
  return {
    name,
    path,
    arn: arn("dynamodb", `table/${name}`),
    tags: readTags(properties.Tags),
    billingMode: BillingMode,
    most: {
      ...(most?.MaxReadRequestUnits === undefined ? {} : { read: most.MaxReadRequestUnits }),
      ...(most?.MaxWriteRequestUnits === undefined ? {} : { write: most.MaxWriteRequestUnits }),
    },
  };
}

export const dynamodbTypes: Types = {
  "AWS::DynamoDB::Table": plain("dynamodb", (name) => `table/${name}`, "TableName"),
};
