import { RemovalPolicies, type Stack, Stage } from "aws-cdk-lib";
import { AssetManifestArtifact, type CloudFormationStackArtifact } from "aws-cdk-lib/cx-api";
import type { Construct } from "constructs";

/** A target that is there for its game days only: a drill with `deploy: { kind: stack }` brings it up and takes it down. */
export interface EphemeralTarget {
  /** The name that the stack's `GameDayTarget` gives it. */
  readonly target: string;
  /** The stack, with a `stackName` of its own. Everything in it is deleted with it, whatever it says itself. */
  readonly make: (scope: Construct) => Stack;
}

/** A stack as it was synthesised, and where its assets lie. */
export interface SynthesisedStack {
  readonly target: string;
  readonly artifact: CloudFormationStackArtifact;
  readonly assets: AssetManifestArtifact;
}

/** Synthesises the stacks in a stage of their own: `cdk deploy --all` deploys those of the app alone. */
export function synthesiseEphemeral(app: Construct, targets: readonly EphemeralTarget[]): SynthesisedStack[] {
  if (targets.length === 0) return [];
  const stage = new Stage(app, "Ephemeral");
  // Logs and tables that outlived their stack would be left behind.
  RemovalPolicies.of(stage).destroy();
  const stacks = targets.map(({ target, make }) => ({ target, stack: make(stage) }));
  const assembly = stage.synth();
  return stacks.map(({ target, stack }) => {
    const artifact = assembly.getStackArtifact(stack.artifactId);
    const assets = artifact.dependencies.find((one) => AssetManifestArtifact.isAssetManifestArtifact(one));
    if (!assets) throw new Error(`Expected a manifest of the assets of stack ${stack.stackName}; found none.`);
    return { target, artifact, assets };
  });
}
