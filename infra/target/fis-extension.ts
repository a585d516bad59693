import { Aws, type Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { type ILayerVersion, LayerVersion } from "aws-cdk-lib/aws-lambda";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { EXPERIMENT_BUCKET_ARN, EXPERIMENT_LOCATION } from "../experiments.ts";

/** What a function needs for FIS to inject faults into its invocations. */
export interface FisExtension {
  readonly layers: ILayerVersion[];
  readonly environment: Record<string, string>;
  readonly statements: PolicyStatement[];
  /** Resources with a wildcard in the statements, and why. */
  readonly wildcards: Readonly<Record<string, string>>;
}

/** In this parameter AWS names the newest layer of its extension for functions on arm64, in every region that has FIS. */
const LAYER_PARAMETER = "/aws/service/fis/lambda-extension/AWS-FIS-extension-arm64/1.x.x";

/** The extension for one function of a stack (FIS user guide, "Use the AWS FIS aws:lambda:function actions"). */
export function fisExtensionOf(stack: Stack): FisExtension {
  const layerArn = StringParameter.valueForStringParameter(stack, LAYER_PARAMETER);
  return {
    layers: [LayerVersion.fromLayerVersionArn(stack, "FisExtension", layerArn)],
    environment: {
      AWS_FIS_CONFIGURATION_LOCATION: EXPERIMENT_LOCATION,
      AWS_LAMBDA_EXEC_WRAPPER: "/opt/aws-fis/bootstrap",
      // Says by itself what it injected, as metrics.
      AWS_FIS_EXTENSION_METRICS: "all",
    },
    statements: [
      new PolicyStatement({
        actions: ["s3:ListBucket"],
        resources: [EXPERIMENT_BUCKET_ARN],
        conditions: {
          StringLike: { "s3:prefix": "FisConfigs/*" },
          StringEquals: { "aws:ResourceAccount": Aws.ACCOUNT_ID },
        },
      }),
      new PolicyStatement({
        actions: ["s3:GetObject"],
        resources: [`${EXPERIMENT_LOCATION}*`],
        conditions: { StringEquals: { "aws:ResourceAccount": Aws.ACCOUNT_ID } },
      }),
    ],
    wildcards: {
      "arn:<AWS::Partition>:s3:::gameday-fis-<AWS::AccountId>-<AWS::Region>/FisConfigs/*":
        "FIS names what it writes after its experiments.",
    },
  };
}
