import { readFunctionName } from "../../templates/cfn/function-name.ts";
import { arn } from "../../templates/cfn/naming.ts";
import { type Needs, ServiceError } from "../operation.ts";
import { tagContext } from "../resource-tags.ts";
import type { FunctionRecord } from "./operations.ts";

/** The functions that can be called by their names right now. */
export type KnownFunctions = Pick<ReadonlyMap<string, FunctionRecord>, "get">;

const arnOf = (...parts: readonly string[]) => arn("lambda", ["function", ...parts].join(":"));

export const notFound = (...parts: readonly string[]): ServiceError =>
  new ServiceError("ResourceNotFoundException", `Function not found: ${arnOf(...parts)}`, 404);

/** The function of a name or an ARN, whatever version is meant. Throws Lambda's error when there is none. */
export function findFunction(functions: KnownFunctions, nameOrArn = ""): FunctionRecord {
  const { name } = readFunctionName(nameOrArn);
  const record = functions.get(name);
  if (record) return record;
  throw notFound(name);
}

/** @param qualifier the version or alias that the call is about, where IAM takes it for the resource */
export function functionNeeds(functions: KnownFunctions, action: string, nameOrArn = "", qualifier?: string): Needs[] {
  const { name } = readFunctionName(nameOrArn);
  const resource = arnOf(name, ...(qualifier === undefined ? [] : [qualifier]));
  return [{ action, resource, context: tagContext(functions.get(name)?.tags) }];
}
