import { existsSync, readFileSync } from "node:fs";
import type { CloudFormationOptions, StackRecord } from "../aws/cloudformation/operations.ts";
import { writeAtomically } from "./atomic-file.ts";

/** The stacks that game days have asked for, in a file. */
export const keptStacks = (file: string): NonNullable<CloudFormationOptions["kept"]> => ({
  read: () => (existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as StackRecord[]) : undefined),
  write: (stacks) => writeAtomically(file, JSON.stringify(stacks, undefined, 2)),
});
