import { GetAliasCommand, GetFunctionConfigurationCommand, UpdateAliasCommand } from "@aws-sdk/client-lambda";
import * as z from "zod";
import { NotReady } from "../runtime/errors.ts";
import type { FaultKind, Scene } from "./kind.ts";
import { atRevision } from "./revision.ts";
import { settingsFault } from "./settings.ts";
import { targetResource } from "./target-resource.ts";

/** An alias to be moved, as a fault does it, or a deployment. */
interface AliasMove {
  readonly alias: string;
  readonly version: string;
}

function aliasOf({ alias: name }: AliasMove, { target }: Scene) {
  const { functionName, alias } = targetResource("alias", name, target);
  return { FunctionName: functionName, Name: alias };
}

const of = ({ alias }: AliasMove) => `alias ${alias}`;

/** Moves an alias by its RevisionId, so that nothing is written over what somebody else made of it meanwhile. */
const moved = settingsFault<AliasMove, string>({
  value: z.string(),
  of,
  intended: ({ version }) => ({ version }),

  async read(spec, scene) {
    const alias = await scene.clients.lambda.send(new GetAliasCommand(aliasOf(spec, scene)));
    const { FunctionVersion: version, RoutingConfig, RevisionId: revision } = alias;
    const weights = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {});
    const shares = weights.map(([other, share]) => `${share * 100} % to version ${other}`).join(", ");
    return {
      values: { version },
      settled: true,
      state: `at version ${version}`,
      ...(revision === undefined ? {} : { revision }),
      ...(weights.length === 0 ? {} : { unfit: `weights (${shares}): only an alias of one version is moved` }),
    };
  },

  /** Weights are not in it: what somebody gave the alias meanwhile stays theirs. */
  async write(spec, { version: FunctionVersion }, scene, RevisionId) {
    const change = new UpdateAliasCommand({ ...aliasOf(spec, scene), FunctionVersion, RevisionId });
    await atRevision(of(spec), RevisionId, () => scene.clients.lambda.send(change));
  },

  text: (version) => version,

  byHand(spec, { version }, scene) {
    const { FunctionName, Name } = aliasOf(spec, scene);
    return [`aws lambda update-alias --function-name ${FunctionName} --name ${Name} --function-version '${version}'`];
  },
});

/** The bad release: an alias of a function points to another version. What calls the alias gets that one at once. */
export const lambdaVersion: FaultKind<AliasMove, Readonly<Record<string, string>>> = {
  ...moved,
  async snapshot(spec, scene) {
    const before = await moved.snapshot(spec, scene);
    await refuseUnlessActive(spec, scene);
    return before;
  },
};

/** A version that is not there, or cannot be called right now, is said before anything is changed. */
async function refuseUnlessActive(spec: AliasMove, scene: Scene): Promise<void> {
  const { FunctionName } = aliasOf(spec, scene);
  const found = await stateOf(FunctionName, spec.version, scene);
  if (found === "Active") return;
  throw new NotReady(
    `version ${spec.version} of ${FunctionName} to be Active`,
    found ?? "no such version",
    `See \`aws lambda list-versions-by-function --function-name ${FunctionName}\`.`,
  );
}

async function stateOf(FunctionName: string, Qualifier: string, { clients }: Scene): Promise<string | undefined> {
  try {
    const asked = new GetFunctionConfigurationCommand({ FunctionName, Qualifier });
    return (await clients.lambda.send(asked)).State ?? "not said";
  } catch (error) {
    if (error instanceof Error && error.name === "ResourceNotFoundException") return undefined;
    throw error;
  }
}
