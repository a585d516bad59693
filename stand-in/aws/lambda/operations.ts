import { randomUUID } from "node:crypto";
import type {
  DeleteFunctionConcurrencyCommandInput,
  DeleteFunctionConcurrencyCommandOutput,
  FunctionConfiguration,
  GetFunctionConcurrencyCommandInput,
  GetFunctionConcurrencyCommandOutput,
  GetFunctionConfigurationCommandInput,
  GetFunctionConfigurationCommandOutput,
  PutFunctionConcurrencyCommandInput,
  PutFunctionConcurrencyCommandOutput,
  UpdateFunctionConfigurationCommandInput,
  UpdateFunctionConfigurationCommandOutput,
} from "@aws-sdk/client-lambda";
import { readFunctionName } from "../../templates/cfn/function-name.ts";
import type { IsThere, Resource } from "../../templates/cfn/graph.ts";
import { arn, byName, type Named, onlyId, plain, type Types } from "../../templates/cfn/naming.ts";
import { operation, ServiceError } from "../operation.ts";
import type { Part, Service } from "../service.ts";
import { findFunction, functionNeeds, type KnownFunctions } from "./function-records.ts";

/** What a function is right now, as its control plane sees it. */
export interface FunctionRecord {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
  readonly tags: Readonly<Record<string, string>>;
  /** ARNs of its layers. */
  readonly layers: readonly string[];
  variables: Record<string, string>;
  /** How many invocations may run at once; absent when none is reserved, which is not 0. */
  reservedConcurrency?: number;
  revisionId: string;
  lastUpdateStatus: "Successful" | "InProgress" | "Failed";
}

export interface LambdaPlane extends Service {
  readonly functions: ReadonlyMap<string, FunctionRecord>;
  /** Those that are there right now. */
  readonly there: KnownFunctions;
}

interface Options {
  resources: readonly Resource[];
  /** Puts a new environment into effect; the old one serves until this is done. */
  takeEffect(record: FunctionRecord): Promise<void>;
  /** How long an update takes at least, milliseconds. */
  updateMs: number;
  /** Default: every function is there from the beginning. */
  isThere?: IsThere;
}

/**
 * What an account has by default, and what has to stay for the functions without a reservation (Lambda API reference,
 * "PutFunctionConcurrency").
 */
const ACCOUNT_CONCURRENCY = 1000;
const LEAST_UNRESERVED = 100;

/** Lambda's control plane as far as game days use it: configuration, revisions, tags, updates that take time. */
export function createLambda({ resources, takeEffect, updateMs, isThere = () => true }: Options): LambdaPlane {
  const functions = new Map(resources.map((resource) => [resource.name, toRecord(resource)]));

  const gone = (name: string) => resources.some((resource) => resource.name === name && !isThere(resource));
  const there: KnownFunctions = { get: (name) => (gone(name) ? undefined : functions.get(name)) };
  const find = (nameOrArn: string | undefined) => findFunction(there, nameOrArn);
  const needs = (action: string, nameOrArn: string | undefined) => functionNeeds(there, action, nameOrArn);

  /** In effect at once, unlike an update of the configuration. */
  function reserve(record: FunctionRecord, concurrency: number): void {
    const others = [...functions.values()].filter((other) => other !== record);
    const reserved = others.reduce((sum, other) => sum + (other.reservedConcurrency ?? 0), concurrency);
    if (ACCOUNT_CONCURRENCY - reserved < LEAST_UNRESERVED) {
      throw new ServiceError(
        "InvalidParameterValueException",
        `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LEAST_UNRESERVED}].`,
      );
    }
    record.reservedConcurrency = concurrency;
  }

  async function update(record: FunctionRecord, variables: Record<string, string>): Promise<void> {
    record.variables = variables;
    record.lastUpdateStatus = "InProgress";
    record.revisionId = randomUUID();
    await new Promise((done) => setTimeout(done, updateMs));
    // An update may come to nothing: what serves is the old configuration then.
    record.lastUpdateStatus = await takeEffect(record).then(
      () => "Successful",
      () => "Failed",
    );
    record.revisionId = randomUUID();
  }

  return {
    functions,
    there,
    parts: [...functions.values()].map(partOf),
    operations: {
      GetFunctionConfiguration: operation<GetFunctionConfigurationCommandInput, GetFunctionConfigurationCommandOutput>({
        needs: ({ FunctionName }) => needs("lambda:GetFunctionConfiguration", FunctionName),
        run: async ({ FunctionName }) => describe(find(FunctionName)),
      }),
      GetFunctionConcurrency: operation<GetFunctionConcurrencyCommandInput, GetFunctionConcurrencyCommandOutput>({
        needs: ({ FunctionName }) => needs("lambda:GetFunctionConcurrency", FunctionName),
        run: async ({ FunctionName }) => {
          const { reservedConcurrency } = find(FunctionName);
          return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
        },
      }),
      PutFunctionConcurrency: operation<PutFunctionConcurrencyCommandInput, PutFunctionConcurrencyCommandOutput>({
        mutates: true,
        needs: ({ FunctionName }) => needs("lambda:PutFunctionConcurrency", FunctionName),
        run: async ({ FunctionName, ReservedConcurrentExecutions = 0 }) => {
          reserve(find(FunctionName), ReservedConcurrentExecutions);
          return { ReservedConcurrentExecutions };
        },
      }),
      DeleteFunctionConcurrency: operation<
        DeleteFunctionConcurrencyCommandInput,
        DeleteFunctionConcurrencyCommandOutput
      >({
        mutates: true,
        needs: ({ FunctionName }) => needs("lambda:DeleteFunctionConcurrency", FunctionName),
        run: async ({ FunctionName }) => {
          delete find(FunctionName).reservedConcurrency;
          return {};
        },
      }),
      UpdateFunctionConfiguration: operation<
        UpdateFunctionConfigurationCommandInput,
        UpdateFunctionConfigurationCommandOutput
      >({
        mutates: true,
        needs: ({ FunctionName }) => needs("lambda:UpdateFunctionConfiguration", FunctionName),
        run: async ({ FunctionName, RevisionId, Environment }) => {
          const record = find(FunctionName);
          if (RevisionId !== undefined && RevisionId !== record.revisionId) {
            throw NEWER_REVISION();
          }
          if (record.lastUpdateStatus === "InProgress") {
            throw new ServiceError(
              "ResourceConflictException",
              `The operation cannot be performed at this time. An update is in progress for resource: ${record.arn}`,
              409,
            );
          }
          // The whole environment is replaced, as on AWS.
          void update(record, { ...(Environment?.Variables ?? {}) });
          return describe(record);
        },
      }),
    },
  };
}

/** What names a function, and what passes by itself: the rest of its record is what calls change. */
const NOT_STATE: ReadonlySet<string> = new Set([
  "name",
  "arn",
  "roleArn",
  "timeoutSeconds",
  "tags",
  "layers",
  "revisionId",
  "lastUpdateStatus",
] satisfies (keyof FunctionRecord)[]);

function partOf(record: FunctionRecord): Part {
  const read = () => {
    const fields = Object.entries(record).filter(([key, value]) => !NOT_STATE.has(key) && value !== undefined);
    return { ...Object.fromEntries(fields), variables: { ...record.variables } };
  };
  return {
    field: "function",
    id: record.name,
    name: record.name,
    read,
    // It is configured at once, and in effect later.
    pending: () => (record.lastUpdateStatus === "InProgress" ? read() : undefined),
    write(state) {
      for (const key of Object.keys(read())) if (!(key in state)) delete record[key as "reservedConcurrency"];
      Object.assign(record, structuredClone(state));
    },
  };
}

function toRecord(resource: Resource): FunctionRecord {
  const { Environment, Layers, ReservedConcurrentExecutions, Role, Tags, Timeout } = resource.properties as {
    Environment?: { Variables?: Record<string, unknown> };
    Layers?: string[];
    ReservedConcurrentExecutions?: number;
    Role: string;
    Tags?: { Key: string; Value: string }[];
    Timeout?: number;
  };
  return {
    name: resource.name,
    arn: resource.arn ?? "",
    roleArn: Role,
    timeoutSeconds: Timeout ?? 3,
    tags: Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [Key, Value])),
    layers: Layers ?? [],
    variables: Object.fromEntries(
      Object.entries(Environment?.Variables ?? {}).map(([key, value]) => [key, String(value)]),
    ),
    ...(ReservedConcurrentExecutions === undefined ? {} : { reservedConcurrency: ReservedConcurrentExecutions }),
    revisionId: randomUUID(),
    lastUpdateStatus: "Successful",
  };
}

export const NEWER_REVISION = (): ServiceError =>
  new ServiceError(
    "PreconditionFailedException",
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
    412,
  );

export const describe = (record: FunctionRecord): FunctionConfiguration => ({
  FunctionName: record.name,
  FunctionArn: record.arn,
  Version: "$LATEST",
  Role: record.roleArn,
  Timeout: record.timeoutSeconds,
  Environment: { Variables: { ...record.variables } },
  Layers: record.layers.map((Arn) => ({ Arn })),
  RevisionId: record.revisionId,
  State: "Active",
  LastUpdateStatus: record.lastUpdateStatus,
});

/** The ARN of a version or an alias: its function's with its own name behind it. */
const qualifiedArn = ({ name, properties }: Named) =>
  arn("lambda", `function:${readFunctionName(String(properties.FunctionName)).name}:${name}`);

const asUuid = (hex: string) =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");

export const lambdaTypes: Types = {
  "AWS::Lambda::Alias": { ref: qualifiedArn, attributes: { AliasArn: qualifiedArn }, nameProperty: "Name" },
  "AWS::Lambda::EventInvokeConfig": onlyId,
  "AWS::Lambda::EventSourceMapping": {
    ref: byName,
    attributes: {
      EventSourceMappingArn: ({ name }) => arn("lambda", `event-source-mapping:${name}`),
      Id: byName,
    },
    generated: asUuid,
  },
  "AWS::Lambda::Function": plain("lambda", (name) => `function:${name}`, "FunctionName"),
  "AWS::Lambda::Permission": onlyId,
  "AWS::Lambda::Version": { ref: qualifiedArn, attributes: { FunctionArn: qualifiedArn, Version: byName } },
};
