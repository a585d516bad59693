import { randomUUID } from "node:crypto";
import type {
  DescribeTasksCommandInput,
  DescribeTasksCommandOutput,
  ListTasksCommandInput,
  ListTasksCommandOutput,
  RunTaskCommandInput,
  RunTaskCommandOutput,
  StopTaskCommandInput,
  StopTaskCommandOutput,
  Task,
} from "@aws-sdk/client-ecs";
import type { Graph } from "../../templates/cfn/graph.ts";
import { arn, plain, refIsArn, type Types } from "../../templates/cfn/naming.ts";
import { type Operations, operation, ServiceError } from "../operation.ts";
import type { TaskProcess } from "./task-process.ts";

/** What a task definition says of its one container. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly taskRoleArn: string;
  readonly stopTimeoutMs: number;
}

interface RawTaskDefinition {
  ContainerDefinitions: {
    Name: string;
    Image: string;
    Environment?: { Name: string; Value: string }[];
    StopTimeout?: number;
  }[];
  TaskRoleArn: string;
  ExecutionRoleArn: string;
}

interface LiveTask {
  readonly arn: string;
  readonly clusterArn: string;
  readonly startedBy: string;
  readonly token: string;
  readonly process: TaskProcess;
  readonly stopTimeoutMs: number;
  stoppedReason?: string;
}

export interface Ecs {
  readonly operations: Operations;
  stop(): Promise<void>;
}

/** ECS on Fargate as far as load tasks use it: each task is a process of its own, stopped by SIGTERM and then SIGKILL. */
export function createEcs(graph: Graph, start: (container: Container) => TaskProcess): Ecs {
  const tasks = new Map<string, LiveTask>();
  const definitionOf = (name: string | undefined) => {
    const definition = graph.ofType("AWS::ECS::TaskDefinition").find((resource) => resource.ref === name);
    if (!definition) throw new ServiceError("ClientException", `TaskDefinition not found: ${name}`);
    return definition.properties as unknown as RawTaskDefinition;
  };
  const inCluster = (cluster: string | undefined) => ({ "ecs:cluster": cluster });
  const stop = (task: LiveTask, reason: string) => {
    task.stoppedReason ??= reason;
    return task.process.stop(task.stopTimeoutMs);
  };

  return {
    async stop() {
      await Promise.all([...tasks.values()].map((task) => stop(task, "the rehearsal is over")));
    },
    operations: {
      RunTask: operation<RunTaskCommandInput, RunTaskCommandOutput>({
        mutates: true,
        needs: ({ taskDefinition, cluster }) => {
          const { TaskRoleArn, ExecutionRoleArn } = definitionOf(taskDefinition);
          const passing = { "iam:PassedToService": "ecs-tasks.amazonaws.com" };
          return [
            { action: "ecs:RunTask", resource: taskDefinition ?? "", context: inCluster(cluster) },
            ...[TaskRoleArn, ExecutionRoleArn].map((role) => ({
              action: "iam:PassRole",
              resource: role,
              context: passing,
            })),
          ];
        },
        run: async (input) => {
          const token = input.clientToken ?? randomUUID();
          const again = [...tasks.values()].find((task) => task.token === token);
          if (again) return { tasks: [describe(again)], failures: [] };
          if ((input.startedBy ?? "").length > 36)
            throw new ServiceError("InvalidParameterException", "startedBy is longer than 36");
          const container = containerOf(definitionOf(input.taskDefinition), input);
          const clusterArn = input.cluster ?? "";
          const id = randomUUID().replaceAll("-", "");
          const task: LiveTask = {
            arn: arn("ecs", `task/${clusterArn.split("/").at(-1)}/${id}`),
            clusterArn,
            startedBy: input.startedBy ?? "",
            token,
            process: start(container),
            stopTimeoutMs: container.stopTimeoutMs,
          };
          tasks.set(task.arn, task);
          return { tasks: [describe(task)], failures: [] };
        },
      }),
      ListTasks: operation<ListTasksCommandInput, ListTasksCommandOutput>({
        needs: ({ cluster }) => [{ action: "ecs:ListTasks", resource: "*", context: inCluster(cluster) }],
        run: async ({ cluster: _, maxResults = 100, nextToken = "0", ...filters }) => {
          const { startedBy, desiredStatus = "RUNNING" } = filters;
          // It "must be the only filter" (ECS API reference, "ListTasks"), which does not say what comes of others beside it.
          if (startedBy !== undefined && Object.keys(filters).length > 1) {
            throw new ServiceError("InvalidParameterException", "startedBy must be the only filter");
          }
          const found = [...tasks.values()]
            .filter((task) => startedBy === undefined || task.startedBy === startedBy)
            // A task that is told to stop is desired to be STOPPED from then on, while it still runs.
            .filter(
              (task) => (task.stoppedReason === undefined && task.process.running) === (desiredStatus === "RUNNING"),
            );
          const [from, to] = [Number(nextToken), Number(nextToken) + maxResults];
          return {
            taskArns: found.slice(from, to).map((task) => task.arn),
            ...(to < found.length ? { nextToken: String(to) } : {}),
          };
        },
      }),
      DescribeTasks: operation<DescribeTasksCommandInput, DescribeTasksCommandOutput>({
        needs: ({ tasks: arns, cluster }) =>
          (arns ?? []).map((resource) => ({ action: "ecs:DescribeTasks", resource, context: inCluster(cluster) })),
        run: async ({ tasks: arns }) => ({
          tasks: (arns ?? []).flatMap((taskArn) => tasks.get(taskArn) ?? []).map(describe),
          failures: [],
        }),
      }),
      StopTask: operation<StopTaskCommandInput, StopTaskCommandOutput>({
        mutates: true,
        needs: ({ task, cluster }) => [{ action: "ecs:StopTask", resource: task ?? "", context: inCluster(cluster) }],
        run: async ({ task: taskArn, reason }) => {
          const task = tasks.get(taskArn ?? "");
          if (!task) throw new ServiceError("InvalidParameterException", "The referenced task was not found.");
          void stop(task, reason ?? "stopped by a user");
          return { task: describe(task) };
        },
      }),
    },
  };
}

function containerOf(definition: RawTaskDefinition, { overrides }: RunTaskCommandInput): Container {
  const [container] = definition.ContainerDefinitions;
  if (!container) throw new ServiceError("ClientException", "The task definition has no container.");
  const own = Object.fromEntries((container.Environment ?? []).map(({ Name, Value }) => [Name, Value]));
  const override = overrides?.containerOverrides?.find((candidate) => candidate.name === container.Name);
  const given = Object.fromEntries((override?.environment ?? []).map(({ name, value }) => [name ?? "", value ?? ""]));
  return {
    name: container.Name,
    image: container.Image,
    variables: { ...own, ...given },
    taskRoleArn: definition.TaskRoleArn,
    stopTimeoutMs: (container.StopTimeout ?? 30) * 1000,
  };
}

function describe(task: LiveTask): Task {
  const { running, exitCode } = task.process;
  return {
    taskArn: task.arn,
    clusterArn: task.clusterArn,
    startedBy: task.startedBy,
    lastStatus: running ? (task.stoppedReason === undefined ? "RUNNING" : "STOPPING") : "STOPPED",
    desiredStatus: running && task.stoppedReason === undefined ? "RUNNING" : "STOPPED",
    containers: [{ ...(exitCode === undefined ? {} : { exitCode }) }],
    ...(running ? {} : { stoppedReason: task.stoppedReason ?? "Essential container in task exited" }),
  };
}

export const ecsTypes: Types = {
  "AWS::ECS::Cluster": plain("ecs", (name) => `cluster/${name}`, "ClusterName"),
  "AWS::ECS::TaskDefinition": refIsArn("ecs", (name) => `task-definition/${name}:1`),
};
