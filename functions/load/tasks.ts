import { createHash } from "node:crypto";
import {
  DescribeTasksCommand,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { LoadLost } from "../runtime/errors.ts";
import type { Runtime } from "../runtime/step.ts";

/** Marks a game day's tasks, so that they are found without knowing their ids. ECS allows 36 characters. */
export const startedByOf = (gameDay: string): string =>
  `gd-${createHash("sha256").update(gameDay).digest("hex").slice(0, 32)}`;

type Outside = Pick<Runtime, "clients" | "configuration">;

/** Starts the task of one shard; the same shard's second start is the first one again (`clientToken`). */
export async function startShard(gameDay: string, shard: number, { clients, configuration }: Outside): Promise<string> {
  const startedBy = startedByOf(gameDay);
  const { tasks, failures } = await clients.ecs.send(
    new RunTaskCommand({
      cluster: configuration.clusterArn,
      taskDefinition: configuration.taskDefinitionArn,
      launchType: "FARGATE",
      count: 1,
      startedBy,
      clientToken: `${startedBy}-${shard}`,
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: [...configuration.subnetIds],
          securityGroups: [configuration.securityGroupId],
          assignPublicIp: "ENABLED",
        },
      },
      overrides: {
        containerOverrides: [
          {
            name: configuration.loadContainer,
            environment: [
              { name: "GAME_DAY", value: gameDay },
              { name: "SHARD", value: String(shard) },
            ],
          },
        ],
      },
    }),
  );
  const arn = tasks?.[0]?.taskArn;
  if (arn === undefined) {
    const reasons = (failures ?? []).map((failure) => `${failure.reason} ${failure.detail ?? ""}`.trim());
    throw new LoadLost(
      `a Fargate task for load shard ${shard}`,
      reasons.join("; ") || "none",
      "Look at the cluster's capacity and the account's Fargate quota.",
    );
  }
  return arn;
}

/** The game day's tasks that ECS still knows, whatever their state. */
export async function loadTasks(gameDay: string, { clients, configuration }: Outside): Promise<Task[]> {
  const cluster = configuration.clusterArn;
  const startedBy = startedByOf(gameDay);
  const taskArns: string[] = [];
  for (const desiredStatus of ["RUNNING", "STOPPED"] as const) {
    const page = await clients.ecs.send(new ListTasksCommand({ cluster, startedBy, desiredStatus }));
    taskArns.push(...(page.taskArns ?? []));
  }
  if (taskArns.length === 0) return [];
  const { tasks } = await clients.ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  return tasks ?? [];
}

export const isRunning = (task: Task): boolean => task.lastStatus !== "STOPPED";

/** Asks every task that still runs to stop. The worker seals its last blocks before it does. */
export async function stopTasks(
  tasks: readonly Task[],
  reason: string,
  { clients, configuration }: Outside,
): Promise<void> {
  for (const task of tasks.filter(isRunning)) {
    await clients.ecs.send(new StopTaskCommand({ cluster: configuration.clusterArn, task: task.taskArn, reason }));
  }
}

/** The commands that stop a game day's load by hand. */
export function stopByHand(gameDay: string, { configuration }: Pick<Runtime, "configuration">): string[] {
  const cluster = configuration.clusterArn;
  return [
    `aws ecs list-tasks --cluster ${cluster} --started-by ${startedByOf(gameDay)} --query taskArns --output text | xargs -n1 aws ecs stop-task --cluster ${cluster} --task`,
  ];
}
