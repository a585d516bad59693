import { ArnFormat } from "aws-cdk-lib";
import type { CfnBucket } from "aws-cdk-lib/aws-s3";
import { GAME_DAYS, PARAMETERS, TAGS } from "../workflows/names.ts";
import { allow, type Grant, type Resources, wildcard } from "./grant.ts";
import {
  changeResources,
  deployResources,
  inspectResources,
  putBackResources,
  readResources,
} from "./resource-permissions.ts";
import { bringUpStacks, findStacks, readStacks, takeDownStacks } from "./stack-permissions.ts";
import { INBOX_PREFIX } from "./target/inbox.ts";

const readJournal: Grant = { statements: ({ journal }) => [allow(["dynamodb:Query"], [journal.tableArn])] };
const writeJournal: Grant = {
  statements: ({ journal }) => [
    allow(["dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem"], [journal.tableArn]),
  ],
};
/** Of entries that are there already. */
const updateJournal: Grant = {
  statements: ({ journal }) => [allow(["dynamodb:Query", "dynamodb:UpdateItem"], [journal.tableArn])],
};
const changeLease: Grant = {
  statements: ({ leases }) => [allow(["dynamodb:GetItem", "dynamodb:UpdateItem"], [leases.tableArn])],
};
const scanLeases: Grant = { statements: ({ leases }) => [allow(["dynamodb:Scan"], [leases.tableArn])] };
const readLease: Grant = { statements: ({ leases }) => [allow(["dynamodb:GetItem"], [leases.tableArn])] };

const ANY_OBJECT = `${GAME_DAYS}*`;
const anyGameDay: Grant["wildcards"] = ({ stack, results }) => ({
  [`<${stack.getLogicalId(results.node.defaultChild as CfnBucket)}.Arn>/${ANY_OBJECT}`]:
    "The keys of a game day begin with its id, which nobody knows in advance.",
});
const readResults: Grant = {
  statements: ({ results }) => [
    allow(["s3:GetObject"], [results.arnForObjects(ANY_OBJECT)]),
    // Without ListBucket a missing object is an AccessDenied instead of a NoSuchKey.
    allow(["s3:ListBucket"], [results.bucketArn]),
  ],
  wildcards: anyGameDay,
};
const writeResults: Grant = {
  statements: ({ results }) => [allow(["s3:PutObject"], [results.arnForObjects(ANY_OBJECT)])],
  wildcards: anyGameDay,
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
/** What the extension of FIS says of itself. */
const listMetrics: Grant = {
  statements: () => [allow(["cloudwatch:ListMetrics"], ["*"])],
  wildcards: noResource("ListMetrics"),
};
const readInsights: Grant = {
  statements: () => [
    allow(
      [
        "devops-guru:GetResourceCollection",
        "devops-guru:SearchInsights",
        "devops-guru:DescribeInsight",
        "devops-guru:ListAnomaliesForInsight",
        "devops-guru:ListRecommendations",
      ],
      ["*"],
    ),
  ],
  wildcards: noResource("DevOps Guru"),
};
const anyTarget = `parameter${PARAMETERS.targets.of("*")}`;
const anyStack = `parameter${PARAMETERS.stacks.of("*")}`;
const readTargets: Grant = {
  statements: ({ stack }) => [
    allow(
      ["ssm:GetParameter"],
      [anyTarget, anyStack].map((resource) =>
        stack.formatArn({ service: "ssm", resource, arnFormat: ArnFormat.NO_RESOURCE_NAME }),
      ),
    ),
  ],
  wildcards: () => ({
    ...wildcard("ssm", anyTarget, "Targets come and go without this stack.")(),
    ...wildcard("ssm", anyStack, "A drill may name any target: Plan says which has no stack.")(),
  }),
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
const describeTasks: Grant = {
  statements: (resources) => [allow(["ecs:DescribeTasks"], tasksOf(resources), inCluster(resources))],
  wildcards: anyTask,
};
/** Those also that only their mark tells whose they are. */
const findTasks: Grant = {
  statements: (resources) => [
    allow(["ecs:ListTasks"], ["*"], inCluster(resources)),
    ...describeTasks.statements(resources),
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

const bearingMark = { StringLike: { [`aws:ResourceTag/${TAGS.id}`]: "*" } };
const givingMark = { StringLike: { [`aws:RequestTag/${TAGS.id}`]: "*" } };
const ofFis = ({ stack }: Resources, resource: string, resourceName = "*") =>
  stack.formatArn({ service: "fis", resource, resourceName });
const FIS_ACTIONS = ["add-delay", "error", "http-integration-response"].map((name) => `aws:lambda:invocation-${name}`);
const anyMarked = (...resources: string[]) =>
  Object.assign(
    {},
    ...resources.map((resource) =>
      wildcard("fis", `${resource}/*`, "FIS names what it makes, but only with gameday's tag: see the condition.")(),
    ),
  ) as Record<string, string>;
const SERVICE_LINKED_ROLE = "aws-service-role/fis.amazonaws.com/AWSServiceRoleForFIS";
const startExperiments: Grant = {
  statements: (resources) => [
    allow(
      ["fis:CreateExperimentTemplate"],
      [ofFis(resources, "experiment-template"), ...FIS_ACTIONS.map((action) => ofFis(resources, "action", action))],
      givingMark,
    ),
    allow(["fis:StartExperiment"], [ofFis(resources, "experiment-template")], bearingMark),
    allow(["fis:StartExperiment"], [ofFis(resources, "experiment")], givingMark),
    allow(["fis:TagResource"], [ofFis(resources, "experiment-template"), ofFis(resources, "experiment")], givingMark),
    allow(["iam:PassRole"], [resources.experimentRole.roleArn], {
      StringEquals: { "iam:PassedToService": "fis.amazonaws.com" },
    }),
    // The first experiment of an account makes it (FIS user guide, "Service-linked roles").
    allow(
      ["iam:CreateServiceLinkedRole"],
      [resources.stack.formatArn({ service: "iam", region: "", resource: "role", resourceName: SERVICE_LINKED_ROLE })],
      { StringEquals: { "iam:AWSServiceName": "fis.amazonaws.com" } },
    ),
  ],
  wildcards: () => anyMarked("experiment-template", "experiment"),
};
const seeExperiments: Grant = {
  statements: (resources) => [
    allow(["fis:ListExperiments"], ["*"]),
    allow(["fis:GetExperiment"], [ofFis(resources, "experiment")], bearingMark),
  ],
  wildcards: () => ({ ...noResource("A list of experiments")(), ...anyMarked("experiment") }),
};
/** What is left of experiments: their templates too. */
const certifyExperiments: Grant = {
  statements: (resources) => [allow(["fis:ListExperimentTemplates"], ["*"]), ...seeExperiments.statements(resources)],
  wildcards: (resources) => seeExperiments.wildcards?.(resources) ?? {},
};
const stopExperiments: Grant = {
  statements: (resources) => [
    allow(["fis:ListExperiments", "fis:ListExperimentTemplates"], ["*"]),
    allow(["fis:GetExperiment", "fis:StopExperiment"], [ofFis(resources, "experiment")], bearingMark),
    allow(["fis:DeleteExperimentTemplate"], [ofFis(resources, "experiment-template")], bearingMark),
  ],
  wildcards: () => ({ ...noResource("A list of experiments")(), ...anyMarked("experiment-template", "experiment") }),
};

/** What arrived in the targets' inboxes, and whether an event of it matches a drill's pattern. */
const readInboxes: Grant = {
  statements: ({ stack }) => [
    allow(
      ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
      [stack.formatArn({ service: "sqs", resource: `${INBOX_PREFIX}*` })],
    ),
    allow(["events:TestEventPattern"], ["*"]),
  ],
  wildcards: () => ({
    ...wildcard("sqs", `${INBOX_PREFIX}*`, "Targets come and go without this stack; nothing else is called so.")(),
    ...noResource("TestEventPattern")(),
  }),
};

/** What each step may do: least privilege, in one table. A step that is missing here has no function. */
export const PERMISSIONS: Readonly<Record<string, readonly Grant[]>> = {
  plan: [readTargets, writeResults],
  "acquire-lease": [changeLease],
  preflight: [inspectResources, readAlarms, findStacks],
  deploy: [writeJournal, readLease, deployResources, bringUpStacks],
  "start-load": [writeJournal, readLease, writeResults, startTasks],
  "await-load": [readJournal, readResults, writeResults, describeTasks, readAlarms],
  "watch-baseline": [readResults, readAlarms],
  "judge-baseline": [readResults, writeResults],
  "inject-fault": [writeJournal, readLease, changeResources, startExperiments, writeResults, startTasks],
  "prove-fault": [updateJournal, readResources, seeExperiments, readResults, readAlarms, readLease, writeResults],
  "watch-fault": [
    readJournal,
    seeExperiments,
    readResults,
    writeResults,
    readAlarmHistory,
    readInsights,
    readInboxes,
    // Whether the fault still acts, or has healed by itself.
    readResources,
  ],
  "undo-fault": [updateJournal, readLease, putBackResources, stopExperiments, findTasks, stopTasks],
  "watch-recovery": [updateJournal, readResources, certifyExperiments, readResults, readAlarms, findTasks],
  "stop-load": [updateJournal, findTasks, stopTasks],
  "roll-back": [updateJournal, readLease, putBackResources, stopExperiments, findTasks, stopTasks, takeDownStacks],
  "verify-restored": [readJournal, readResources, certifyExperiments, findTasks, writeResults, readStacks],
  judge: [
    readJournal,
    readResults,
    writeResults,
    readAlarmHistory,
    listMetrics,
    readInsights,
    readInboxes,
    readHistory,
  ],
  "write-report": [readJournal, readResults, writeResults],
  announce: [readResults, writeResults, announce],
  "release-lease": [readResults, changeLease],
  "find-game-days": [readResults, changeLease, scanLeases, endExecutions],
};
