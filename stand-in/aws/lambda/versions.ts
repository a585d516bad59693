import { randomUUID } from "node:crypto";
import type {
  AliasConfiguration,
  GetAliasCommandInput,
  GetAliasCommandOutput,
  GetFunctionConfigurationCommandInput,
  GetFunctionConfigurationCommandOutput,
  UpdateAliasCommandInput,
  UpdateAliasCommandOutput,
} from "@aws-sdk/client-lambda";
import * as z from "zod";
import { readFunctionName, unqualified } from "../../templates/cfn/function-name.ts";
import type { Graph } from "../../templates/cfn/graph.ts";
import { TemplateError } from "../../templates/cfn/intrinsics.ts";
import { operation, ServiceError } from "../operation.ts";
import type { Part, Service } from "../service.ts";
import { findFunction, functionNeeds, notFound } from "./function-records.ts";
import { describe, type FunctionRecord, type LambdaPlane, NEWER_REVISION } from "./operations.ts";

/** A published version: what its function was when it was published. */
export interface VersionRecord {
  readonly of: FunctionRecord;
  readonly version: string;
  readonly arn: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly revisionId: string;
}

/** What an alias is right now. */
export interface AliasRecord {
  readonly of: FunctionRecord;
  readonly name: string;
  readonly arn: string;
  readonly path: string;
  version: string;
  /** Other version → its share of the invocations; absent when there is none. */
  weights?: Readonly<Record<string, number>>;
  revisionId: string;
}

export interface Versioning extends Service {
  /** By ARN. */
  readonly versions: ReadonlyMap<string, VersionRecord>;
  /** By ARN. */
  readonly aliases: ReadonlyMap<string, AliasRecord>;
  /** Whose ARN a function, a version or an alias was called by → the ARN of the version that serves: `$LATEST` is the function's own. */
  serving(invokedArn: string): string;
  /** Makes a version of the function as it is now. */
  publish(of: FunctionRecord): VersionRecord;
}

const LATEST = "$LATEST";

interface RawAlias {
  readonly FunctionName: string;
  readonly FunctionVersion: string;
  readonly Name: string;
  readonly RoutingConfig?: {
    readonly AdditionalVersionWeights?: readonly { FunctionVersion: string; FunctionWeight: number }[];
  };
}

/** The templates' versions and aliases: made of the functions as they are now, which is as deployed. */
export function createVersioning(
  graph: Graph,
  { functions, there }: Pick<LambdaPlane, "functions" | "there">,
): Versioning {
  const versions = new Map<string, VersionRecord>();
  const aliases = new Map<string, AliasRecord>();
  const arnOf = (of: FunctionRecord, version: string) => (version === LATEST ? of.arn : `${of.arn}:${version}`);
  const isThere = (of: FunctionRecord, version: string) => version === LATEST || versions.has(arnOf(of, version));

  function add(of: FunctionRecord, version: string): VersionRecord {
    const record = { of, version, arn: arnOf(of, version), variables: { ...of.variables }, revisionId: randomUUID() };
    versions.set(record.arn, record);
    return record;
  }

  for (const { name, path, properties } of graph.ofType("AWS::Lambda::Version")) {
    add(functionOf(functions, String(properties.FunctionName), path), name);
  }
  for (const { ref, path, properties } of graph.ofType("AWS::Lambda::Alias")) {
    const { FunctionName, FunctionVersion, Name, RoutingConfig } = properties as unknown as RawAlias;
    const of = functionOf(functions, FunctionName, path);
    if (!isThere(of, FunctionVersion)) {
      throw new TemplateError(`Alias ${path}: there is no version ${FunctionVersion} of ${of.name}.`);
    }
    const shares = (RoutingConfig?.AdditionalVersionWeights ?? []).map(
      ({ FunctionVersion: other, FunctionWeight }) => [other, FunctionWeight] as const,
    );
    aliases.set(ref, {
      of,
      name: Name,
      arn: ref,
      path,
      version: FunctionVersion,
      revisionId: randomUUID(),
      ...(shares.length === 0 ? {} : { weights: Object.fromEntries(shares) }),
    });
  }

  function find({ FunctionName, Name }: { FunctionName: string | undefined; Name: string | undefined }): AliasRecord {
    const of = findFunction(there, FunctionName);
    const alias = aliases.get(`${of.arn}:${Name}`);
    if (alias) return alias;
    throw new ServiceError("ResourceNotFoundException", `Cannot find alias arn: ${of.arn}:${Name}`, 404);
  }

  function serving(invokedArn: string): string {
    const alias = aliases.get(invokedArn);
    if (alias) return arnOf(alias.of, chosenBy(alias));
    return invokedArn.endsWith(`:${LATEST}`) ? unqualified(invokedArn) : invokedArn;
  }

  return {
    versions,
    aliases,
    serving,
    publish(of) {
      const taken = [...versions.values()].filter((one) => one.of === of).map(({ version }) => Number(version));
      return add(of, String(Math.max(0, ...taken) + 1));
    },
    parts: [...aliases.values()].map(partOf),
    operations: {
      // Aliases are no resources of their own here: IAM is asked about the function (Service Authorization Reference).
      GetAlias: operation<GetAliasCommandInput, GetAliasCommandOutput>({
        needs: ({ FunctionName }) => functionNeeds(there, "lambda:GetAlias", FunctionName),
        run: async (input) => describeAlias(find(input)),
      }),
      UpdateAlias: operation<UpdateAliasCommandInput, UpdateAliasCommandOutput>({
        mutates: true,
        needs: ({ FunctionName }) => functionNeeds(there, "lambda:UpdateAlias", FunctionName),
        run: async (input) => {
          const alias = find(input);
          const { FunctionVersion = alias.version, RevisionId = alias.revisionId, RoutingConfig } = input;
          if (RevisionId !== alias.revisionId) throw NEWER_REVISION();
          const weights = RoutingConfig ? { ...RoutingConfig.AdditionalVersionWeights } : (alias.weights ?? {});
          const shared = Object.keys(weights);
          const gone = [FunctionVersion, ...shared].find((version) => !isThere(alias.of, version));
          if (gone !== undefined) throw notFound(alias.of.name, gone);
          refuseLatestAmong(FunctionVersion, shared);
          alias.version = FunctionVersion;
          alias.revisionId = randomUUID();
          if (shared.length > 0) alias.weights = weights;
          else delete alias.weights;
          return describeAlias(alias);
        },
      }),
      GetFunctionConfiguration: operation<GetFunctionConfigurationCommandInput, GetFunctionConfigurationCommandOutput>({
        needs: ({ FunctionName = "", Qualifier = readFunctionName(FunctionName).qualifier }) =>
          functionNeeds(there, "lambda:GetFunctionConfiguration", FunctionName, Qualifier),
        run: async ({ FunctionName = "", Qualifier = readFunctionName(FunctionName).qualifier }) => {
          const of = findFunction(there, FunctionName);
          if (Qualifier === undefined) return describe(of);
          const FunctionArn = `${of.arn}:${Qualifier}`;
          const version = aliases.get(FunctionArn)?.version ?? Qualifier;
          if (version === LATEST) return { ...describe(of), FunctionArn };
          const frozen = versions.get(arnOf(of, version));
          if (!frozen) throw notFound(of.name, Qualifier);
          return {
            ...describe(of),
            FunctionArn,
            Version: version,
            RevisionId: frozen.revisionId,
            Environment: { Variables: { ...frozen.variables } },
            LastUpdateStatus: "Successful",
          };
        },
      }),
    },
  };
}

const AliasState = z.object({ version: z.string(), weights: z.record(z.string(), z.number()).exactOptional() });

const partOf = (alias: AliasRecord): Part => ({
  field: "alias",
  id: `${alias.of.name}:${alias.name}`,
  name: alias.path,
  read: () => ({ version: alias.version, ...(alias.weights ? { weights: { ...alias.weights } } : {}) }),
  write(state) {
    delete alias.weights;
    Object.assign(alias, AliasState.parse(state));
  },
});

function functionOf(functions: LambdaPlane["functions"], nameOrArn: string, path: string): FunctionRecord {
  const record = functions.get(readFunctionName(nameOrArn).name);
  if (record) return record;
  throw new TemplateError(`${path} is of a function ${nameOrArn}, which is not in the templates.`);
}

/** By weight, each invocation for itself. */
function chosenBy({ version, weights = {} }: AliasRecord): string {
  let drawn = Math.random();
  for (const [other, share] of Object.entries(weights)) {
    if (drawn < share) return other;
    drawn -= share;
  }
  return version;
}

function refuseLatestAmong(version: string, others: readonly string[]): void {
  if (others.length === 0 || ![version, ...others].includes(LATEST)) return;
  throw new ServiceError(
    "InvalidParameterValueException",
    "$LATEST is not supported for an alias pointing to more than 1 version",
  );
}

const describeAlias = ({ arn, name, version, weights, revisionId }: AliasRecord): AliasConfiguration => ({
  AliasArn: arn,
  Name: name,
  FunctionVersion: version,
  ...(weights ? { RoutingConfig: { AdditionalVersionWeights: { ...weights } } } : {}),
  RevisionId: revisionId,
});
