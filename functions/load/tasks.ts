import { createHash } from "node:crypto";
import {
  DescribeTasksCommand,
  ListTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  type Task,
} from "@aws-sdk/client-ecs";
import { LoadLost } from "../runtime/errors.ts";
import { pagesOf } from "../runtime/pages.ts";
import type { Runtime } from "../runtime/step.ts";

/** Marks the tasks of a load, so that they are found without knowing their ARNs. ECS allows 36 characters. */
export const startedByOf = (load: string): string =>
  `gd-${createHash("sha256").update(load).digest("hex").slice(0, 32)}`;

type Outside = Pick<Runtime, "clients" | "configuration">;

/** Starts the task of one shard; the same shard's second start is the first one again (`clientToken`). */
export async function startTask(load: string, shard: number, { clients, configuration }: Outside): Promise<string> {
  const startedBy = startedByOf(load);
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
              { name: "GAME_DAY", value: load },
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

/**
 * The ARNs of a load's tasks that nobody has told to stop. `startedBy` has to be the only filter (ECS API reference,
 * "ListTasks"), and without one for their status those that are to stop are left out.
 */
export async function listTasks(load: string, { clients, configuration }: Outside): Promise<string[]> {
  const { clusterArn: cluster } = configuration;
  const startedBy = startedByOf(load);
  const pages = await pagesOf(
    (nextToken) => clients.ecs.send(new ListTasksCommand({ cluster, startedBy, ...(nextToken ? { nextToken } : {}) })),
    (page) => page.nextToken,
  );
  return pages.flatMap(({ taskArns }) => taskArns ?? []);
}

/** The most tasks of one call (ECS API reference, "DescribeTasks"). */
const MOST_DESCRIBED = 100;

/** The tasks that ECS still knows of these: it forgets one about an hour after it has stopped. */
export async function describeTasks(
  arns: readonly string[],
  { clients, configuration }: Outside,
): Promise<readonly Task[]> {
  const batches = Array.from({ length: Math.ceil(arns.length / MOST_DESCRIBED) }, (_, batch) =>
    arns.slice(batch * MOST_DESCRIBED, (batch + 1) * MOST_DESCRIBED),
  );
  const answers = await Promise.all(
    batches.map((tasks) =>
      clients.ecs.send(new DescribeTasksCommand({ cluster: configuration.clusterArn, tasks: [...tasks] })),
    ),
  );
  return answers.flatMap(({ tasks }) => tasks ?? []);
}

export const isRunning = (task: Task): boolean => task.lastStatus !== "STOPPED";

/** Asks a task to stop. The worker seals its last blocks before it does. */
export async function stopTask({ taskArn: task }: Task, reason: string, outside: Outside): Promise<void> {
  const { clients, configuration } = outside;
  await clients.ecs.send(new StopTaskCommand({ cluster: configuration.clusterArn, task, reason }));
}

/** The commands that stop a load by hand. */
export function stopByHand(load: string, { configuration }: Pick<Runtime, "configuration">): string[] {
  const cluster = configuration.clusterArn;
  return [
    `aws ecs list-tasks --cluster ${cluster} --started-by ${startedByOf(load)} --query taskArns --output text | xargs -n1 aws ecs stop-task --cluster ${cluster} --task`,
  ];
}
