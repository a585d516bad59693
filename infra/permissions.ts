import { ArnFormat, type Stack } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import type { Cluster, FargateTaskDefinition } from "aws-cdk-lib/aws-ecs";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Bucket, CfnBucket } from "aws-cdk-lib/aws-s3";
import type { Topic } from "aws-cdk-lib/aws-sns";
import { TARGET_TAG } from "./targets/game-day-target.ts";

/** What the steps' permissions are about. */
export interface Resources {
  stack: Stack;
  journal: Table;
  leases: Table;
  results: Bucket;
  topic: Topic;
  cluster: Cluster;
  task: FargateTaskDefinition;
}

/** One permission of a step, with the reasons for the wildcards in it (cdk-nag finding `AwsSolutions-IAM5[Resource::…]`). */
export interface Grant {
  statements(resources: Resources): PolicyStatement[];
  wildcards?(resources: Resources): Record<string, string>;
}

const allow = (actions: string[], resources: string[], conditions?: Record<string, Record<string, unknown>>) =>
  new PolicyStatement({ actions, resources, ...(conditions ? { conditions } : {}) });

const readJournal: Grant = { statements: ({ journal }) => [allow(["dynamodb:Query"], [journal.tableArn])] };
const writeJournal: Grant = {
  statements: ({ journal }) => [
    allow(["dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"], [journal.tableArn]),
  ],
};
const changeLease: Grant = {
  statements: ({ leases }) => [allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], [leases.tableArn])],
};
const scanLeases: Grant = { statements: ({ leases }) => [allow(["dynamodb:Scan"], [leases.tableArn])] };
const readLease: Grant = { statements: ({ leases }) => [allow(["dynamodb:GetItem"], [leases.tableArn])] };

const anyGameDay: Grant["wildcards"] = ({ stack, results }) => ({
  [`<${stack.getLogicalId(results.node.defaultChild as CfnBucket)}.Arn>/game-days/*`]:
    "The keys of a game day begin with its id, which nobody knows in advance.",
});
const readResults: Grant = {
  statements: ({ results }) => [
    allow(["s3:GetObject"], [results.arnForObjects("game-days/*")]),
    // Without ListBucket a missing object is an AccessDenied instead of a NoSuchKey.
    allow(["s3:ListBucket"], [results.bucketArn]),
  ],
  wildcards: anyGameDay,
};
const writeResults: Grant = {
  statements: ({ results }) => [allow(["s3:PutObject"], [results.arnForObjects("game-days/*")])],
  wildcards: anyGameDay,
};

const HERE = "arn:<AWS::Partition>:SERVICE:<AWS::Region>:<AWS::AccountId>";
const wildcard = (service: string, resource: string, reason: string) => () => ({
  [`${HERE.replace("SERVICE", service)}:${resource}`]: reason,
});

/** Nothing that lacks the tag may be touched, whatever a drill says. */
const tagged = { StringLike: { [`aws:ResourceTag/${TARGET_TAG}`]: "*" } };
const functionsOf = ({ stack }: Resources) => [
  stack.formatArn({
    service: "lambda",
    resource: "function",
    resourceName: "*",
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  }),
];
const anyTagged = wildcard("lambda", "function:*", "Any target's function, but only with the tag: see the condition.");
const readFunctions: Grant = {
  statements: (resources) => [allow(["lambda:GetFunctionConfiguration"], functionsOf(resources), tagged)],
  wildcards: anyTagged,
};
const changeFunctions: Grant = {
  statements: (resources) => [
    allow(["lambda:GetFunctionConfiguration", "lambda:UpdateFunctionConfiguration"], functionsOf(resources), tagged),
  ],
  wildcards: anyTagged,
};
const readConcurrency: Grant = {
  statements: (resources) => [allow(["lambda:GetFunctionConcurrency"], functionsOf(resources), tagged)],
  wildcards: anyTagged,
};
const setConcurrency: Grant = {
  statements: (resources) => [
    allow(["lambda:GetFunctionConcurrency", "lambda:PutFunctionConcurrency"], functionsOf(resources), tagged),
  ],
  wildcards: anyTagged,
};
const changeConcurrency: Grant = {
  statements: (resources) => [
    allow(
      ["lambda:GetFunctionConcurrency", "lambda:PutFunctionConcurrency", "lambda:DeleteFunctionConcurrency"],
      functionsOf(resources),
      tagged,
    ),
  ],
  wildcards: anyTagged,
};
const inspectFunctions: Grant = {
  // Without the condition: Preflight has to see that the tag is missing to say so.
  statements: (resources) => [allow(["lambda:GetFunctionConfiguration", "lambda:ListTags"], functionsOf(resources))],
  wildcards: wildcard("lambda", "function:*", "Read only: Preflight says by name which function lacks the tag."),
};

const noResource = (what: string) => () => ({ "*": `${what} cannot be restricted to a resource.` });
const readAlarms: Grant = {
  statements: () => [allow(["cloudwatch:DescribeAlarms"], ["*"])],
  wildcards: noResource("DescribeAlarms of several alarms"),
};
const readAlarmHistory: Grant = {
  statements: () => [
    allow(["cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"], ["*"]),
  ],
  wildcards: noResource("GetMetricData"),
};
const readTargets: Grant = {
  statements: ({ stack }) => [
    allow(
      ["ssm:GetParameter"],
      [stack.formatArn({ service: "ssm", resource: "parameter", resourceName: "gameday/targets/*" })],
    ),
  ],
  wildcards: wildcard("ssm", "parameter/gameday/targets/*", "Targets come and go without this stack."),
};

const inCluster = ({ cluster }: Resources) => ({ ArnEquals: { "ecs:cluster": cluster.clusterArn } });
const tasksOf = ({ stack }: Resources) => [stack.formatArn({ service: "ecs", resource: "task", resourceName: "*" })];
const anyTask = wildcard(
  "ecs",
  "task/*",
  "Tasks get their ids when they start; the condition keeps to gameday's cluster.",
);
const startTasks: Grant = {
  statements: (resources) => [
    allow(["ecs:RunTask"], [resources.task.taskDefinitionArn], inCluster(resources)),
    allow(["iam:PassRole"], [resources.task.taskRole.roleArn, resources.task.obtainExecutionRole().roleArn], {
      StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
    }),
  ],
};
const seeTasks: Grant = {
  statements: (resources) => [
    allow(["ecs:ListTasks"], ["*"], inCluster(resources)),
    allow(["ecs:DescribeTasks"], tasksOf(resources), inCluster(resources)),
  ],
  wildcards: () => ({ ...noResource("ListTasks")(), ...anyTask() }),
};
const stopTasks: Grant = {
  statements: (resources) => [allow(["ecs:StopTask"], tasksOf(resources), inCluster(resources))],
  wildcards: anyTask,
};
const announce: Grant = { statements: ({ topic }) => [allow(["sns:Publish"], [topic.topicArn])] };
const executions = ({ stack }: Resources) => [
  stack.formatArn({
    service: "states",
    resource: "execution",
    resourceName: "*",
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  }),
];
const anyExecution = wildcard(
  "states",
  "execution:*",
  "The state machine refers to its steps: a step cannot refer back to it.",
);
const readHistory: Grant = {
  statements: (resources) => [allow(["states:GetExecutionHistory"], executions(resources))],
  wildcards: anyExecution,
};
const endExecutions: Grant = {
  statements: (resources) => [allow(["states:DescribeExecution", "states:StopExecution"], executions(resources))],
  wildcards: anyExecution,
};

/** What each step may do: least privilege, in one table. A step that is missing here has no function. */
export const PERMISSIONS: Readonly<Record<string, readonly Grant[]>> = {
  plan: [readTargets, writeResults],
  "acquire-lease": [changeLease],
  preflight: [inspectFunctions, readAlarms],
  deploy: [writeJournal, readLease, changeFunctions],
  "start-load": [writeJournal, readLease, writeResults, startTasks],
  "await-load": [readResults, writeResults, seeTasks, readAlarms],
  "watch-baseline": [readResults, readAlarms],
  "judge-baseline": [readResults, writeResults],
  "inject-fault": [writeJournal, readLease, changeFunctions, setConcurrency],
  "prove-fault": [writeJournal, readFunctions, readConcurrency, readResults, readAlarms],
  "watch-fault": [readJournal, readResults, readAlarmHistory],
  "undo-fault": [writeJournal, readLease, changeFunctions, changeConcurrency],
  "watch-recovery": [writeJournal, readFunctions, readConcurrency, readResults, readAlarms],
  "stop-load": [writeJournal, seeTasks, stopTasks],
  "roll-back": [writeJournal, readLease, changeFunctions, changeConcurrency],
  "verify-restored": [readJournal, readFunctions, readConcurrency, seeTasks, writeResults],
  judge: [readJournal, readResults, writeResults, readAlarmHistory, readHistory],
  "write-report": [readJournal, readResults, writeResults],
  announce: [readResults, writeResults, announce],
  "release-lease": [readResults, changeLease],
  "find-game-days": [readResults, changeLease, scanLeases, endExecutions],
};
