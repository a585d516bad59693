import { dirname, extname, join, relative, resolve } from "node:path";
import { type FileAssetLocation, FileAssetPackaging, Fn, Stack, Stage } from "aws-cdk-lib";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";
import { PARAMETERS } from "../workflows/names.ts";
import type { SynthesisedStack } from "./ephemeral-stacks.ts";

/** A stack that the steps may bring up: what they need to know, and what they may touch. */
export interface PublishedStack {
  readonly stackName: string;
  readonly templateUrl: string;
  /** The template in the bucket of CDK's assets. */
  readonly templateArn: string;
  /** What CloudFormation makes it as: the role of CDK's bootstrap, as with `cdk deploy`. */
  readonly roleArn: string;
}

/**
 * The templates of stacks that game days bring up, and all that the templates refer to, as assets of the stack that this stands in:
 * to deploy that one is enough. Each is described in the SSM parameter `/gameday/stacks/TARGET`.
 */
export class PublishedStacks extends Construct {
  readonly stacks: readonly PublishedStack[];

  constructor(scope: Construct, id: string, synthesised: readonly SynthesisedStack[]) {
    super(scope, id);
    this.stacks = synthesised.map((one) => {
      const { stackName, templateUrl, templateArn, roleArn } = this.publish(one);
      new StringParameter(this, one.target, {
        parameterName: PARAMETERS.stacks.of(one.target),
        description: `The stack that game days on ${one.target} bring up and take down`,
        stringValue: JSON.stringify({ stackName, templateUrl, roleArn }),
      });
      return { stackName, templateUrl, templateArn, roleArn };
    });
  }

  private publish({ artifact, assets }: SynthesisedStack): PublishedStack {
    const { stackName, cloudFormationExecutionRoleArn: role } = artifact;
    if (role === undefined)
      throw new Error(`Expected stack ${stackName} to be made as a role of CDK's bootstrap; found none.`);
    const images = Object.keys(assets.contents.dockerImages ?? {});
    if (images.length > 0)
      throw new Error(`Expected no container images in stack ${stackName}; found ${images.join(", ")}.`);
    let template: FileAssetLocation | undefined;
    for (const { source, destinations } of Object.values(assets.contents.files ?? {})) {
      const file = resolve(dirname(assets.file), source.path ?? "");
      const key = Object.values(destinations)[0]?.objectKey ?? "";
      const location = Stack.of(this).synthesizer.addFileAsset({
        fileName: relative(Stage.of(this)?.outdir ?? "", file),
        packaging: source.packaging === "zip" ? FileAssetPackaging.ZIP_DIRECTORY : FileAssetPackaging.FILE,
        // The same content is the same key: what the template refers to is found where it says.
        sourceHash: key.slice(0, key.length - extname(key).length),
      });
      if (file === resolve(join(artifact.assembly.directory, artifact.templateFile))) template = location;
    }
    if (!template) throw new Error(`Expected the template of stack ${stackName} among its assets; found none.`);
    return {
      stackName,
      templateUrl: template.httpUrl,
      templateArn: Stack.of(this).formatArn({
        service: "s3",
        region: "",
        account: "",
        resource: template.bucketName,
        resourceName: template.objectKey,
      }),
      roleArn: Fn.sub(role),
    };
  }
}
