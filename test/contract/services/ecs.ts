import {
  CreateClusterCommand,
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
} from "@aws-sdk/client-ecs";
import { describeTasks, isRunning, listTasks, startTask, stopByHand, stopTask } from "../../../functions/load/tasks.ts";
import type { Clients } from "../../../functions/runtime/clients.ts";
import type { Configuration } from "../../../functions/runtime/configuration.ts";
import { createEcs } from "../../../stand-in/aws/ecs/operations.ts";
import { clientFor } from "../../functions/runtime-for.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { contracts, errorsOf, outcome, pick, until } from "../contract.ts";

const CONTAINER = "k6";
const DAY = "day-1";

interface World {
  readonly clusterArn: string;
  readonly taskDefinitionArn: string;
}

const outside = (clients: Clients, world: World) => ({
  clients,
  configuration: {
    ...world,
    loadContainer: CONTAINER,
    subnetIds: ["subnet-1"],
    securityGroupId: "sg-1",
  } as unknown as Configuration,
});

/** What `functions/load` reads of a task. */
const seen = (tasks: Awaited<ReturnType<typeof describeTasks>>) =>
  tasks.map((task) => ({
    ...pick(task, "clusterArn", "startedBy", "desiredStatus"),
    stoppedReason: task.stoppedReason || undefined,
    running: isRunning(task),
    found: task.taskArn !== undefined,
  }));

export const ecs = contracts<World>({
  of: "ECS",
  async inMoto(clients, moto) {
    // A task that nobody stops runs on.
    const transition = { progression: "manual", times: 1000 };
    await moto.configure("state-manager/set-transition", { model_name: "ecs::task", transition });
    const { cluster } = await clients.ecs.send(new CreateClusterCommand({ clusterName: "load" }));
    const { taskDefinition } = await clients.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: "load",
        // With awsvpc, which it is on AWS, moto would ask for a subnet too.
        networkMode: "bridge",
        cpu: "1024",
        memory: "2048",
        containerDefinitions: [{ name: CONTAINER, image: "k6", memory: 2048 }],
      }),
    );
    return { clusterArn: cluster!.clusterArn!, taskDefinitionArn: taskDefinition!.taskDefinitionArn! };
  },
  async inStandIn() {
    const graph = graphOf({
      Cluster: { Type: "AWS::ECS::Cluster", Properties: { ClusterName: "load" } },
      Load: {
        Type: "AWS::ECS::TaskDefinition",
        Properties: {
          ContainerDefinitions: [{ Name: CONTAINER, Image: "k6" }],
          TaskRoleArn: "arn:task",
          ExecutionRoleArn: "arn:execution",
        },
      },
    });
    const ecs = createEcs(graph, () => {
      let running = true;
      return {
        pid: undefined,
        get running() {
          return running;
        },
        get exitCode() {
          return running ? undefined : 0;
        },
        stop: async () => {
          running = false;
        },
      };
    });
    const [cluster, definition] = graph.resources;
    return {
      clients: { ecs: clientFor(ecs) },
      world: { clusterArn: cluster!.arn!, taskDefinitionArn: definition!.ref },
      stop: () => ecs.stop(),
    };
  },
  contracts: {
    "load tasks are found by their mark, and stop": async (clients, world) => {
      const runtime = outside(clients, world);
      const find = async (load: string) => describeTasks(await listTasks(load, runtime), runtime);
      const before = seen(await find(DAY));
      const task = await startTask(DAY, 0, runtime);
      await startTask("day-2", 0, runtime);
      const started = await find(DAY);
      await Promise.all(started.map((one) => stopTask(one, "the game day is over", runtime)));
      const stopped = await until(
        () => describeTasks([task], runtime),
        (tasks) => !tasks.some(isRunning),
      );
      return {
        before,
        started: seen(started),
        stopped: seen(stopped),
        others: seen(await find("day-2")),
        byHand: stopByHand(DAY, runtime),
      };
    },
    "lists by what a task is wanted to be": async (clients, world) => {
      const runtime = outside(clients, world);
      const cluster = world.clusterArn;
      const first = await startTask(DAY, 0, runtime);
      await startTask(DAY, 1, runtime);
      await clients.ecs.send(new StopTaskCommand({ cluster, task: first, reason: "enough" }));
      const count = async (filter: object) =>
        (await clients.ecs.send(new ListTasksCommand({ cluster, ...filter }))).taskArns?.length;
      return {
        running: await count({ desiredStatus: "RUNNING" }),
        stopped: await count({ desiredStatus: "STOPPED" }),
        nobody: await count({ startedBy: "nobody" }),
      };
    },
    "a task that is not there": async ({ ecs: client }, { clusterArn: cluster, taskDefinitionArn }) => {
      const none = taskDefinitionArn.replace(/:task-definition\/.*/, `:task/load/${"0".repeat(32)}`);
      return {
        described: await outcome(async () => {
          const { tasks } = await client.send(new DescribeTasksCommand({ cluster, tasks: [none] }));
          return tasks?.length;
        }),
        ...(await errorsOf({
          "no such definition": () =>
            client.send(
              new RunTaskCommand({ cluster, taskDefinition: `${taskDefinitionArn}0`, launchType: "FARGATE" }),
            ),
        })),
      };
    },
  },
});
