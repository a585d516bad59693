import { Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { AttributeType, BillingMode, Table } from "aws-cdk-lib/aws-dynamodb";
import { EventField, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import { Schedule, ScheduleExpression, ScheduleTargetInput } from "aws-cdk-lib/aws-scheduler";
import { StepFunctionsStartExecution } from "aws-cdk-lib/aws-scheduler-targets";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { DefinitionBody, LogLevel, StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { PARAMETERS } from "../workflows/names.ts";
import { acknowledge } from "./acknowledge.ts";
import { letAlarmsPublish } from "./alarm-topic.ts";
import { fromRoot } from "./code.ts";
import type { SynthesisedStack } from "./ephemeral-stacks.ts";
import { EXPERIMENT_LOCATION, Experiments } from "./experiments.ts";
import { GameDayStarts } from "./game-day-starts.ts";
import type { Resources } from "./grant.ts";
import { LoadTask } from "./load-task.ts";
import { NodeFunction } from "./node-function.ts";
import { PERMISSIONS } from "./permissions.ts";
import { PublishedStacks } from "./published-stacks.ts";
import type { Start } from "./starts.ts";
import { stateOf, stepFiles } from "./steps.ts";

/** Steps that read every block of a game day or render its report. */
const LONG_STEPS = new Set(["judge-baseline", "judge", "write-report"]);

/** A fault whose game day is gone and whose event was lost stays at most this long, and as long as its clean-up takes. */
const SWEEP_EVERY = Duration.minutes(10);

export interface GameDayStackProps extends StackProps {
  /** What starts game days by itself. Default: nothing does. */
  readonly starts?: readonly Start[];
  /** Stacks that game days bring up and take down. Default: none. */
  readonly ephemeral?: readonly SynthesisedStack[];
}

/** Everything of gameday itself: the workflow, its steps, what it remembers, where load comes from, whom it tells. */
export class GameDayStack extends Stack {
  constructor(scope: Construct, id: string, { starts = [], ephemeral = [], ...props }: GameDayStackProps) {
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
    const experiments = new Experiments(this, "Experiments");

    const resources: Resources = {
      stack: this,
      journal,
      leases,
      results,
      topic,
      cluster: load.cluster,
      task: load.task,
      experimentRole: experiments.role,
      ephemeral: new PublishedStacks(this, "Stacks", ephemeral).stacks,
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
      EXPERIMENT_ROLE_ARN: experiments.role.roleArn,
      EXPERIMENT_LOCATION,
    };
    const steps = new Map(stepFiles().map((file) => [stateOf(file), this.step(file, environment, resources)] as const));

    const gameDay = this.machine("GameDay", "workflows/game-day.asl.json", steps);
    const safetyNet = this.machine("SafetyNet", "workflows/safety-net.asl.json", steps);
    this.watchOver(gameDay, safetyNet, topic);
    if (starts.length > 0) this.startBySelf(gameDay, starts, topic);
    new StringParameter(this, "System", {
      parameterName: PARAMETERS.system,
      description: "Where gameday's command line finds this stack",
      stringValue: JSON.stringify({
        leaseTable: leases.tableName,
        journalTable: journal.tableName,
        resultsBucket: results.bucketName,
        gameDay: gameDay.stateMachineArn,
        safetyNet: safetyNet.stateMachineArn,
      }),
    });
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

  /**
   * ABORTED and TIMED_OUT run no Catch, so that what cleans up has to be started from outside: by the event of the ending,
   * and by a sweep for when the event is lost or what it started fails.
   */
  private watchOver(gameDay: StateMachine, safetyNet: StateMachine, topic: Topic): void {
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
    new Schedule(this, "Sweep", {
      description: "Game days that are gone and still hold their target, whatever became of their ending's event",
      schedule: ScheduleExpression.rate(SWEEP_EVERY),
      target: new StepFunctionsStartExecution(safetyNet, {
        input: ScheduleTargetInput.fromObject({ sweep: true }),
        deadLetterQueue: missed,
        retryAttempts: 10,
      }),
    });
    this.alarmOn("EndingMissed", missed.metricApproximateNumberOfMessagesVisible({ statistic: "Maximum" }), topic, [
      "An ended game day or a sweep did not reach the safety net: its event lies in the dead-letter queue.",
      "The next sweep looks after game days that are gone; read the message, and start the safety net with it if need be.",
    ]);
    this.alarmOn("SafetyNetFailed", safetyNet.metricFailed({ statistic: "Sum" }), topic, [
      "The safety net could not finish: something may not be put back, reported or announced.",
      "The next sweep tries again; look at its execution.",
    ]);
    // The topic's policy, which demands TLS, replaces the one by which the account's services may publish.
    letAlarmsPublish(topic);
  }

  private startBySelf(gameDay: StateMachine, starts: readonly Start[], topic: Topic): void {
    const { missed } = new GameDayStarts(this, "Starts", gameDay, starts);
    this.alarmOn("StartMissed", missed.metricApproximateNumberOfMessagesVisible({ statistic: "Maximum" }), topic, [
      "A game day did not start as a schedule or a rule wanted; nothing is broken and nothing has to be put back.",
      "The message in the dead-letter queue says which and why.",
    ]);
  }

  private alarmOn(id: string, metric: Metric, topic: Topic, description: string[]): void {
    new Alarm(this, id, {
      metric,
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: description.join(" "),
    }).addAlarmAction(new SnsAction(topic));
  }
}
