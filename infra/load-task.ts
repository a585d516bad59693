import { Duration, IgnoreMode, RemovalPolicy, Stack } from "aws-cdk-lib";
import { IpAddresses, type IVpc, Peer, Port, SecurityGroup, SubnetType, Vpc } from "aws-cdk-lib/aws-ec2";
import { Platform } from "aws-cdk-lib/aws-ecr-assets";
import {
  Cluster,
  ContainerImage,
  ContainerInsights,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
} from "aws-cdk-lib/aws-ecs";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Bucket, CfnBucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { loadPrefix } from "../workflows/names.ts";
import { acknowledge } from "./acknowledge.ts";
import { fromRoot } from "./code.ts";

const ANY_LOAD = `${loadPrefix("*")}*`;

/** Where the load comes from: a cluster in a small network of its own and the task of one k6 shard. */
export class LoadTask extends Construct {
  readonly vpc: IVpc;
  readonly cluster: Cluster;
  readonly task: FargateTaskDefinition;
  readonly securityGroup: SecurityGroup;
  readonly containerName = "k6";

  constructor(scope: Construct, id: string, results: Bucket) {
    super(scope, id);
    // exactOptionalPropertyTypes and the library's own types disagree about Vpc being an IVpc.
    const vpc: IVpc = new Vpc(this, "Network", {
      ipAddresses: IpAddresses.cidr("10.87.0.0/16"),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: "load", subnetType: SubnetType.PUBLIC, cidrMask: 20 }],
    }) as IVpc;
    acknowledge(
      vpc,
      "AwsSolutions-VPC7",
      "Only load tasks live here, for the length of a game day, and they report every request themselves.",
    );
    this.vpc = vpc;
    this.securityGroup = new SecurityGroup(this, "Outbound", {
      vpc,
      description: "Load tasks: no way in, HTTP and HTTPS out",
      allowAllOutbound: false,
    });
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "targets, S3, ECR and logs");
    this.securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(80), "targets without TLS");
    this.cluster = new Cluster(this, "Cluster", { vpc, containerInsightsV2: ContainerInsights.ENABLED });

    this.task = new FargateTaskDefinition(this, "Shard", {
      cpu: 1024,
      memoryLimitMiB: 2048,
      runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
    });
    this.task.addContainer(this.containerName, {
      image: ContainerImage.fromAsset(fromRoot("."), {
        file: "loadgen/Dockerfile",
        platform: Platform.LINUX_ARM64,
        ignoreMode: IgnoreMode.DOCKER,
        // Wider than .dockerignore by the scripts beside the worker: a rehearsal runs it from this very folder.
        exclude: ["*", "!dist/loadgen", "!loadgen/scripts", "!loadgen/Dockerfile"],
      }),
      environment: { RESULTS_BUCKET: results.bucketName },
      logging: LogDrivers.awsLogs({
        streamPrefix: "load",
        logGroup: new LogGroup(this, "Log", {
          retention: RetentionDays.THREE_MONTHS,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      }),
      // The worker seals and writes its last blocks after SIGTERM.
      stopTimeout: Duration.seconds(60),
    });
    this.task.addToTaskRolePolicy(
      new PolicyStatement({
        actions: ["s3:GetObject", "s3:PutObject"],
        resources: [results.arnForObjects(ANY_LOAD)],
      }),
    );
    acknowledge(
      this.task.taskRole,
      `AwsSolutions-IAM5[Resource::<${Stack.of(this).getLogicalId(results.node.defaultChild as CfnBucket)}.Arn>/${ANY_LOAD}]`,
      "The keys of a game day begin with its id, which nobody knows in advance.",
    );
    acknowledge(
      this.task.obtainExecutionRole(),
      "AwsSolutions-IAM5[Resource::*]",
      "GetAuthorizationToken of ECR has no resource to name.",
    );
    acknowledge(this.task, "AwsSolutions-ECS2", "The bucket's name is not a secret.");
    // Without ListBucket the worker could not tell "not yet to begin" from "not allowed".
    this.task.addToTaskRolePolicy(new PolicyStatement({ actions: ["s3:ListBucket"], resources: [results.bucketArn] }));
  }
}
