import {
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import * as z from "zod";
import type { Conflict } from "../../workflows/state.ts";
import { ChangedMeanwhile, NotReady } from "../runtime/errors.ts";
import type { FaultKind, Scene } from "./kind.ts";
import { atRevision } from "./revision.ts";
import { targetResource } from "./target-resource.ts";

/** Our variables only, null where there was none: "absent" and "empty" are different, and other values may be secrets. */
const Before = z.object({ variables: z.record(z.string(), z.string().nullable()) });
type Before = z.infer<typeof Before>;

/** Variables of one function, as a fault sets them, or a deployment. */
interface VariablesToSet {
  readonly function: string;
  readonly set: Variables;
}

/**
 * Sets environment variables of one function. Lambda replaces the whole environment at an update, so it is read first
 * and sent back with its RevisionId; it keeps serving the old environment until LastUpdateStatus is Successful
 * (Lambda developer guide, "Lambda function states").
 */
export const lambdaEnv: FaultKind<VariablesToSet, Before> = {
  before: Before,

  async snapshot({ function: name, set }, scene) {
    const { variables } = await read(name, scene);
    if (Object.keys(set).every((key) => variables[key] === set[key])) {
      throw new NotReady(
        `${name} without the fault`,
        `${Object.keys(set).join(", ")} already set as the fault would`,
        "Put it back to normal first: a fault that changes nothing proves nothing.",
      );
    }
    return { variables: Object.fromEntries(Object.keys(set).map((key) => [key, variables[key] ?? null])) };
  },

  async apply({ function: name, set }, before, scene) {
    const now = await read(name, scene);
    const keys = Object.keys(set);
    if (keys.every((key) => now.variables[key] === set[key]) && !now.failed) return;
    const theirs = keys.filter((key) => now.variables[key] !== set[key] && !isBefore(now.variables, before, key));
    if (theirs.length > 0) {
      throw new ChangedMeanwhile(
        `${theirs.join(", ")} of ${name} as in the snapshot`,
        "another value",
        "Somebody else changed it since; nothing was changed.",
      );
    }
    await write(name, { ...now.variables, ...set }, now, scene);
  },

  async prove({ function: name, set }, _before, scene) {
    const now = await read(name, scene);
    const lost = Object.keys(set).filter((key) => now.variables[key] !== set[key]);
    if (lost.length > 0) return { acting: false, evidence: [`${name} does not have ${lost.join(", ")} as set`] };
    if (!now.inEffect) return { acting: false, evidence: [`${name} is still being updated`] };
    return { acting: true, evidence: [`${name} read back with ${assignments(set)}; last update Successful`] };
  },

  async undo({ function: name, set }, before, scene) {
    const now = await read(name, scene);
    const variables = { ...now.variables };
    const conflicts: Conflict[] = [];
    for (const [key, intended] of Object.entries(set)) {
      if (isBefore(now.variables, before, key)) continue;
      if (now.variables[key] === intended) putBack(variables, key, before.variables[key] ?? null);
      // The value that was found may be somebody's secret: say that there is one, not which.
      else conflicts.push({ what: `${key} of ${name}`, ours: intended, found: found(now.variables[key]) });
    }
    // What a failed update wrote is not in effect: written once more it is.
    const different = Object.keys(set).some((key) => variables[key] !== now.variables[key]);
    if (different || now.failed) await write(name, variables, now, scene);
    return conflicts;
  },

  async check({ function: name, set }, before, scene) {
    const now = await read(name, scene);
    return {
      settled: now.inEffect,
      checks: Object.entries(set).map(([key, intended]) => {
        const ours = now.variables[key] === intended && !isBefore(now.variables, before, key);
        const asBefore = isBefore(now.variables, before, key);
        return {
          what: `${key} of ${name} is as before (${before.variables[key] === null ? "absent" : "set"})`,
          ok: !ours && now.inEffect,
          detail: ours
            ? "still the fault's value"
            : !now.inEffect
              ? "put back, but the update is not in effect"
              : asBefore
                ? "read back equal to the snapshot, in effect"
                : "changed by somebody else since; left as it is",
        };
      }),
    };
  },

  byHand({ function: name }, before, { target }) {
    const functionName = target.functions[name] ?? name;
    const edits = Object.entries(before.variables).map(([key, value]) =>
      value === null ? `del(.${key})` : `.${key} = ${JSON.stringify(value)}`,
    );
    return [
      `aws lambda get-function-configuration --function-name ${functionName} --query '{Variables: Environment.Variables}' | jq -c '.Variables |= (${edits.join(" | ")})' > environment.json`,
      `aws lambda update-function-configuration --function-name ${functionName} --environment file://environment.json`,
      `aws lambda wait function-updated-v2 --function-name ${functionName} && rm environment.json`,
    ];
  },
};

type Variables = Record<string, string>;

interface Now {
  variables: Variables;
  revision: string | undefined;
  inEffect: boolean;
  /** The last update came to nothing: what is read is not what serves. */
  failed: boolean;
}

async function read(name: string, { clients, target }: Scene): Promise<Now> {
  const configuration: FunctionConfiguration = await clients.lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: targetResource("function", name, target) }),
  );
  return {
    variables: configuration.Environment?.Variables ?? {},
    revision: configuration.RevisionId,
    inEffect: configuration.LastUpdateStatus === "Successful",
    failed: configuration.LastUpdateStatus === "Failed",
  };
}

async function write(name: string, variables: Variables, now: Now, { clients, target, fence }: Scene): Promise<void> {
  const change = new UpdateFunctionConfigurationCommand({
    FunctionName: targetResource("function", name, target),
    Environment: { Variables: variables },
    RevisionId: now.revision,
  });
  await fence();
  await atRevision(name, now.revision, () => clients.lambda.send(change));
}

const isBefore = (variables: Variables, before: Before, key: string) =>
  (variables[key] ?? null) === (before.variables[key] ?? null);

function putBack(variables: Variables, key: string, value: string | null): void {
  if (value === null) delete variables[key];
  else variables[key] = value;
}

const assignments = (set: Variables) =>
  Object.entries(set)
    .map(([key, value]) => `${key}=${value}`)
    .join(", ");

const found = (value: string | undefined) => (value === undefined ? "absent" : "another value");
