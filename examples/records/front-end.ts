import { Aws, CfnParameter, Stack } from "aws-cdk-lib";
import { type IVpc, SubnetType, Vpc } from "aws-cdk-lib/aws-ec2";
import { CfnApplication, CfnApplicationVersion, CfnEnvironment } from "aws-cdk-lib/aws-elasticbeanstalk";
import {
  InstanceProfile,
  ManagedPolicy,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import { Asset } from "aws-cdk-lib/aws-s3-assets";
import { Construct } from "constructs";
import { acknowledge } from "../../infra/acknowledge.ts";
import { fromRoot } from "../../infra/code.ts";

/**
 * The platform version, current on 31 March 2026 (Elastic Beanstalk's "Node.js platform history"). An account without an
 * environment of it can no longer choose a version once it is superseded, so this is the stack's parameter and nothing but
 * a first guess: `aws elasticbeanstalk list-available-solution-stacks` tells today's,
 * `npx cdk deploy Records --parameters Platform="…"` takes it. Later ones come by managed updates. Nobody has deployed it.
 */
const PLATFORM = "64bit Amazon Linux 2023 v6.10.0 running Node.js 24";
const INSTANCE_TYPE = "t4g.small";
/** Where X-Ray's daemon listens on every instance. */
const XRAY_DAEMON = "127.0.0.1:2000";

export interface RecordsFrontEndProps {
  readonly description: string;
  /** Address of the REST API with its stage. */
  readonly backendUrl: string;
}

/** The web front end on Elastic Beanstalk: one small instance, without a load balancer, which would cost more than it. */
export class RecordsFrontEnd extends Construct {
  /** Without TLS: that needs a name and a certificate of one's own. */
  readonly url: string;

  constructor(scope: Construct, id: string, { description, backendUrl }: RecordsFrontEndProps) {
    super(scope, id);
    const platform = new CfnParameter(Stack.of(this), "Platform", {
      description: "The front end's solution stack: aws elasticbeanstalk list-available-solution-stacks",
      default: PLATFORM,
    });
    const bundle = new Asset(this, "Bundle", { path: fromRoot("dist/examples/records/front-end") });
    const application = new CfnApplication(this, "Application", { description });
    const version = new CfnApplicationVersion(this, "Version", {
      applicationName: application.ref,
      sourceBundle: { s3Bucket: bundle.s3BucketName, s3Key: bundle.s3ObjectKey },
    });
    const vpc = this.network();
    const environment = new CfnEnvironment(this, "Environment", {
      applicationName: application.ref,
      versionLabel: version.ref,
      solutionStackName: platform.valueAsString,
      optionSettings: optionSettings({
        "aws:elasticbeanstalk:application:environment": {
          AWS_XRAY_DAEMON_ADDRESS: XRAY_DAEMON,
          BACKEND_API_URL: backendUrl,
        },
        "aws:elasticbeanstalk:environment": {
          EnvironmentType: "SingleInstance",
          ServiceRole: this.serviceRole().roleArn,
        },
        "aws:autoscaling:launchconfiguration": {
          // With either of the two, Elastic Beanstalk makes a launch template: new accounts have no launch configurations
          // (its developer guide, "Migrating to launch templates").
          DisableIMDSv1: "true",
          RootVolumeType: "gp3",
          IamInstanceProfile: this.instanceProfile(application).instanceProfileName,
        },
        "aws:ec2:instances": { InstanceTypes: INSTANCE_TYPE, SupportedArchitectures: "arm64" },
        "aws:ec2:vpc": {
          VPCId: vpc.vpcId,
          Subnets: vpc.publicSubnets.map(({ subnetId }) => subnetId).join(","),
          AssociatePublicIpAddress: "true",
        },
        "aws:elasticbeanstalk:xray": { XRayEnabled: "true" },
        "aws:elasticbeanstalk:cloudwatch:logs": {
          StreamLogs: "true",
          DeleteOnTerminate: "true",
          RetentionInDays: "30",
        },
        "aws:elasticbeanstalk:hostmanager": { LogPublicationControl: "true" },
        "aws:elasticbeanstalk:healthreporting:system": { SystemType: "enhanced" },
        "aws:elasticbeanstalk:managedactions": { ManagedActionsEnabled: "true", PreferredStartTime: "Sun:03:00" },
        "aws:elasticbeanstalk:managedactions:platformupdate": { UpdateLevel: "minor" },
      }),
    });
    // Its instance has to reach AWS from the first moment on.
    environment.node.addDependency(vpc);
    this.url = `http://${environment.attrEndpointUrl}`;
  }

  private network(): IVpc {
    // exactOptionalPropertyTypes and the library's own types disagree about Vpc being an IVpc.
    const vpc: IVpc = new Vpc(this, "Network", {
      maxAzs: 1,
      natGateways: 0,
      subnetConfiguration: [{ name: "front-end", subnetType: SubnetType.PUBLIC }],
    }) as IVpc;
    acknowledge(vpc, "AwsSolutions-VPC7", "One instance of an example, which logs every request itself.");
    return vpc;
  }

  /** What Elastic Beanstalk does itself: look at the instance's health and bring the platform up to date. */
  private serviceRole(): Role {
    const policies = [
      "service-role/AWSElasticBeanstalkEnhancedHealth",
      "AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy",
    ];
    const role = new Role(this, "ServiceRole", {
      assumedBy: new ServicePrincipal("elasticbeanstalk.amazonaws.com", {
        conditions: { StringEquals: { "sts:ExternalId": "elasticbeanstalk", "aws:SourceAccount": Aws.ACCOUNT_ID } },
      }),
      managedPolicies: policies.map((name) => ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
    for (const name of policies) {
      acknowledge(
        role,
        `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${name}]`,
        "What the service needs for itself changes with the service; AWS keeps this policy in step with it.",
      );
    }
    return role;
  }

  /** What the instance may: write its logs, its health and its traces, and read what Elastic Beanstalk lays out for it. */
  private instanceProfile(application: CfnApplication): InstanceProfile {
    const here = `${Aws.REGION}:${Aws.ACCOUNT_ID}`;
    const bucket = `arn:${Aws.PARTITION}:s3:::elasticbeanstalk-${Aws.REGION}-${Aws.ACCOUNT_ID}`;
    const beanstalk = `arn:${Aws.PARTITION}:elasticbeanstalk:${here}`;
    const allow = (actions: string[], ...resources: string[]) => new PolicyStatement({ actions, resources });
    const role = new Role(this, "InstanceRole", {
      assumedBy: new ServicePrincipal("ec2.amazonaws.com"),
      inlinePolicies: {
        // A part of the role itself, so that no instance starts before it.
        Instance: new PolicyDocument({
          statements: [
            allow(["s3:GetObject"], `${bucket}/resources/environments/*`),
            allow(["s3:PutObject"], `${bucket}/resources/environments/logs/*`),
            allow(["s3:ListBucket"], bucket),
            allow(
              ["logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"],
              `arn:${Aws.PARTITION}:logs:${here}:log-group:/aws/elasticbeanstalk/*`,
            ),
            allow(
              ["elasticbeanstalk:PutInstanceStatistics"],
              `${beanstalk}:application/${application.ref}`,
              `${beanstalk}:environment/${application.ref}/*`,
            ),
            allow(
              ["xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments"],
              "*",
            ),
          ],
        }),
      },
    });
    const inBucket = "arn:<AWS::Partition>:s3:::elasticbeanstalk-<AWS::Region>-<AWS::AccountId>/resources/environments";
    const arnOf = (service: string, resource: string) =>
      `arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${resource}`;
    const applicationId = Stack.of(this).getLogicalId(application);
    const named = "Elastic Beanstalk names the environment and what belongs to it, after this role is there.";
    for (const [resource, reason] of [
      ["*", "X-Ray's actions have no resource to name."],
      [`${inBucket}/*`, named],
      [`${inBucket}/logs/*`, named],
      [arnOf("logs", "log-group:/aws/elasticbeanstalk/*"), named],
      [arnOf("elasticbeanstalk", `environment/<${applicationId}>/*`), named],
    ] as const) {
      acknowledge(role, `AwsSolutions-IAM5[Resource::${resource}]`, reason);
    }
    return new InstanceProfile(this, "InstanceProfile", { role });
  }
}

/** As CloudFormation wants them: a list of single options, all of them texts. */
const optionSettings = (settings: Readonly<Record<string, Readonly<Record<string, string>>>>) =>
  Object.entries(settings).flatMap(([namespace, options]) =>
    Object.entries(options).map(([optionName, value]) => ({ namespace, optionName, value })),
  );
