import { randomUUID } from "node:crypto";
import type {
  FunctionConfiguration,
  GetFunctionConfigurationCommandInput,
  GetFunctionConfigurationCommandOutput,
  ListTagsCommandInput,
  ListTagsCommandOutput,
  UpdateFunctionConfigurationCommandInput,
  UpdateFunctionConfigurationCommandOutput,
} from "@aws-sdk/client-lambda";
import { arn } from "../cfn/attributes.ts";
import type { Resource } from "../cfn/graph.ts";
import { operation, type Service, ServiceError } from "./operation.ts";

/** What a function is right now, as its control plane sees it. */
export interface FunctionRecord {
  readonly name: string;
  readonly arn: string;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
  readonly tags: Readonly<Record<string, string>>;
  variables: Record<string, string>;
  revisionId: string;
  lastUpdateStatus: "Successful" | "InProgress" | "Failed";
}

export interface LambdaPlane {
  readonly service: Service;
  readonly functions: ReadonlyMap<string, FunctionRecord>;
}

interface Options {
  resources: readonly Resource[];
  /** Puts a new environment into effect; the old one serves until this is done. */
  takeEffect(record: FunctionRecord): Promise<void>;
  /** How long an update takes at least, milliseconds. */
  updateMs: number;
}

/** Lambda's control plane as far as game days use it: configuration, revisions, tags, updates that take time. */
export function createLambda({ resources, takeEffect, updateMs }: Options): LambdaPlane {
  const functions = new Map(resources.map((resource) => [resource.name, toRecord(resource)]));

  const find = (nameOrArn: string | undefined): FunctionRecord => {
    const name = nameOrArn?.split(":function:").at(-1) ?? "";
    const record = functions.get(name);
    if (!record) {
      throw new ServiceError(
        "ResourceNotFoundException",
        `Function not found: ${arn("lambda", `function:${name}`)}`,
        404,
      );
    }
    return record;
  };
  const needs = (action: string, nameOrArn: string | undefined) => {
    const name = nameOrArn?.split(":function:").at(-1) ?? "";
    const tags = functions.get(name)?.tags ?? {};
    const context = Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
    return [{ action, resource: arn("lambda", `function:${name}`), context }];
  };

  async function update(record: FunctionRecord, variables: Record<string, string>): Promise<void> {
    record.variables = variables;
    record.lastUpdateStatus = "InProgress";
    record.revisionId = randomUUID();
    await new Promise((done) => setTimeout(done, updateMs));
    await takeEffect(record);
    record.lastUpdateStatus = "Successful";
    record.revisionId = randomUUID();
  }

  return {
    functions,
    service: {
      GetFunctionConfiguration: operation<GetFunctionConfigurationCommandInput, GetFunctionConfigurationCommandOutput>({
        needs: ({ FunctionName }) => needs("lambda:GetFunctionConfiguration", FunctionName),
        run: async ({ FunctionName }) => describe(find(FunctionName)),
      }),
      ListTags: operation<ListTagsCommandInput, ListTagsCommandOutput>({
        needs: ({ Resource: functionArn }) => needs("lambda:ListTags", functionArn),
        run: async ({ Resource: functionArn }) => ({ Tags: { ...find(functionArn).tags } }),
      }),
      UpdateFunctionConfiguration: operation<
        UpdateFunctionConfigurationCommandInput,
        UpdateFunctionConfigurationCommandOutput
      >({
        needs: ({ FunctionName }) => needs("lambda:UpdateFunctionConfiguration", FunctionName),
        run: async ({ FunctionName, RevisionId, Environment }) => {
          const record = find(FunctionName);
          if (RevisionId !== undefined && RevisionId !== record.revisionId) {
            throw new ServiceError(
              "PreconditionFailedException",
              "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
              412,
            );
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

function toRecord(resource: Resource): FunctionRecord {
  const { Environment, Role, Tags, Timeout } = resource.properties as {
    Environment?: { Variables?: Record<string, unknown> };
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
    variables: Object.fromEntries(
      Object.entries(Environment?.Variables ?? {}).map(([key, value]) => [key, String(value)]),
    ),
    revisionId: randomUUID(),
    lastUpdateStatus: "Successful",
  };
}

const describe = (record: FunctionRecord): FunctionConfiguration => ({
  FunctionName: record.name,
  FunctionArn: record.arn,
  Role: record.roleArn,
  Timeout: record.timeoutSeconds,
  Environment: { Variables: { ...record.variables } },
  RevisionId: record.revisionId,
  State: "Active",
  LastUpdateStatus: record.lastUpdateStatus,
});
