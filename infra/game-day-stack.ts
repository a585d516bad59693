import { Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import { EventField, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { DefinitionBody, LogLevel, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { fromRoot } from "./code.ts";
import { LoadTask } from "./load-task.ts";
import { NodeFunction } from "./node-function.ts";
import { PERMISSIONS, type Resources } from "./permissions.ts";
import { stateOf, stepFiles } from "./steps.ts";

/** Steps that read every block of a game day or render its report. */
const LONG_STEPS = new Set(["judge-baseline", "judge", "write-report"]);

/** Everything of gameday itself: the workflow, its steps, what it remembers, where load comes from, whom it tells. */
export class GameDayStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);

    const journal = this.table("Journal", { gameDay: "partition", id: "sort" });
    const leases = this.table("Leases", { target: "partition" });
    const results = new Bucket(this, "Results", {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [{ expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(30) }],
    });
    acknowledge(
      results,
      "AwsSolutions-S1",
      "Reports of drills, written and read inside the account: CloudTrail data events serve those who must log reads.",
    );
    const topic = new Topic(this, "Announcements", { displayName: "gameday", enforceSSL: true });
    const load = new LoadTask(this, "Load", results);

    const resources: Resources = {
      stack: this,
      journal,
      leases,
      results,
      topic,
      cluster: load.cluster,
      task: load.task,
    };
    const environment = {
      POWERTOOLS_SERVICE_NAME: "gameday",
      JOURNAL_TABLE: journal.tableName,
      LEASE_TABLE: leases.tableName,
      RESULTS_BUCKET: results.bucketName,
      CLUSTER_ARN: load.cluster.clusterArn,
      TASK_DEFINITION_ARN: load.task.taskDefinitionArn,
      LOAD_CONTAINER: load.containerName,
      SUBNET_IDS: load.vpc.publicSubnets.map((subnet) => subnet.subnetId).join(","),
      SECURITY_GROUP_ID: load.securityGroup.securityGroupId,
      TOPIC_ARN: topic.topicArn,
    };
    const steps = new Map(stepFiles().map((file) => [stateOf(file), this.step(file, environment, resources)] as const));

    const gameDay = this.machine("GameDay", "workflows/game-day.asl.json", steps);
    const safetyNet = this.machine("SafetyNet", "workflows/safety-net.asl.json", steps);
    this.startAfter(gameDay, safetyNet);
  }

  private table(id: string, keys: Record<string, "partition" | "sort">): Table {
    const key = (kind: "partition" | "sort") => {
      const name = Object.keys(keys).find((candidate) => keys[candidate] === kind);
      return name === undefined ? undefined : { name, type: AttributeType.STRING };
    };
    const sortKey = key("sort");
    return new Table(this, id, {
      partitionKey: key("partition")!,
      ...(sortKey ? { sortKey } : {}),
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  private step(file: string, environment: Record<string, string>, resources: Resources): LambdaFunction {
    const grants = PERMISSIONS[file];
    if (!grants) throw new Error(`Step ${file} has no line in infra/permissions.ts: say there what it may do.`);
    const long = LONG_STEPS.has(file);
    const step = new NodeFunction(this, stateOf(file), {
      bundle: `dist/steps/${file}`,
      description: `gameday step ${stateOf(file)}`,
      environment,
      // One second less than the task's own time-out in the state machine, so that the function's error arrives.
      timeout: Duration.seconds(long ? 119 : 59),
      memorySize: long ? 1024 : 512,
      statements: grants.flatMap((grant) => grant.statements(resources)),
      wildcards: Object.assign({}, ...grants.map((grant) => grant.wildcards?.(resources))),
    });
    return step.function;
  }

  private machine(id: string, file: string, steps: ReadonlyMap<string, LambdaFunction>): StateMachine {
    const machine = new StateMachine(this, id, {
      definitionBody: DefinitionBody.fromFile(fromRoot(file)),
      definitionSubstitutions: Object.fromEntries([...steps].map(([state, step]) => [`${state}Arn`, step.functionArn])),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, `${id}Log`, { retention: RetentionDays.ONE_YEAR }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    // A definition from a file grants nothing by itself.
    for (const step of steps.values()) {
      machine.addToRolePolicy(
        new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [step.functionArn] }),
      );
    }
    acknowledge(
      machine.role,
      "AwsSolutions-IAM5[Resource::*]",
      "X-Ray and the delivery of logs have no resource to name.",
    );
    return machine;
  }

  /** ABORTED and TIMED_OUT run no Catch, so that what cleans up has to be started from outside. */
  private startAfter(gameDay: StateMachine, safetyNet: StateMachine): void {
    const missed = new Queue(this, "MissedEndings", { enforceSSL: true, retentionPeriod: Duration.days(14) });
    acknowledge(missed, "AwsSolutions-SQS3", "This is the dead-letter queue.");
    new Rule(this, "GameDayEnded", {
      description: "A game day's execution is gone: the safety net looks whether anything was left behind",
      eventPattern: {
        source: ["aws.states"],
        detailType: ["Step Functions Execution Status Change"],
        detail: { stateMachineArn: [gameDay.stateMachineArn], status: ["ABORTED", "TIMED_OUT", "FAILED"] },
      },
      targets: [
        new SfnStateMachine(safetyNet, {
          input: RuleTargetInput.fromObject({
            execution: EventField.fromPath("$.detail.name"),
            status: EventField.fromPath("$.detail.status"),
          }),
          deadLetterQueue: missed,
          retryAttempts: 10,
        }),
      ],
    });
  }
}
