import { ArnFormat, Aws, Duration, RemovalPolicy, type Stack } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { TAGS } from "../workflows/names.ts";
import { acknowledge } from "./acknowledge.ts";

/** Known without a reference, so that a target's stack needs nothing of gameday's. */
const BUCKET_NAME = `gameday-fis-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
const PREFIX = "FisConfigs/";

/** Where FIS tells its extension in a function what to inject: the functions of targets name this place. */
export const EXPERIMENT_BUCKET_ARN = `arn:${Aws.PARTITION}:s3:::${BUCKET_NAME}`;
export const EXPERIMENT_LOCATION = `${EXPERIMENT_BUCKET_ARN}/${PREFIX}`;

/** What experiments of AWS FIS on Lambda functions need: the role that FIS takes on, and the bucket between it and its extension. */
export class Experiments extends Construct {
  readonly role: Role;

  constructor(scope: Stack, id: string) {
    super(scope, id);
    const bucket = new Bucket(this, "Configuration", {
      bucketName: BUCKET_NAME,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      // No experiment lasts longer than twelve hours.
      lifecycleRules: [{ expiration: Duration.days(2) }],
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(
      bucket,
      "AwsSolutions-S1",
      "It holds what a running experiment injects, for minutes: CloudTrail data events serve those who must log reads.",
    );
    this.role = new Role(this, "Role", {
      description: "What AWS FIS may do in an experiment of gameday",
      // FIS user guide, "Confused deputy": on behalf of this account's own experiments alone.
      assumedBy: new ServicePrincipal("fis.amazonaws.com", {
        conditions: {
          StringEquals: { "aws:SourceAccount": scope.account },
          ArnLike: { "aws:SourceArn": scope.formatArn({ service: "fis", resource: "experiment", resourceName: "*" }) },
        },
      }),
    });
    const functions = scope.formatArn({
      service: "lambda",
      resource: "function",
      resourceName: "*",
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ["s3:PutObject", "s3:DeleteObject"],
        resources: [`${EXPERIMENT_LOCATION}*`],
        conditions: { StringEquals: { "aws:ResourceAccount": scope.account } },
      }),
    );
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ["lambda:GetFunction"],
        resources: [functions],
        conditions: { StringLike: { [`aws:ResourceTag/${TAGS.target}`]: "*" } },
      }),
    );
    this.role.addToPolicy(new PolicyStatement({ actions: ["tag:GetResources"], resources: ["*"] }));
    const reasons = {
      "arn:<AWS::Partition>:s3:::gameday-fis-<AWS::AccountId>-<AWS::Region>/FisConfigs/*":
        "FIS names what it writes after its experiments.",
      "arn:<AWS::Partition>:lambda:<AWS::Region>:<AWS::AccountId>:function:*":
        "Any target's function, but only with the tag: see the condition.",
      "*": "tag:GetResources has no resource to name.",
    };
    for (const [resource, reason] of Object.entries(reasons))
      acknowledge(this.role, `AwsSolutions-IAM5[Resource::${resource}]`, reason);
  }
}
