import { expect, test } from "vitest";
import { createEcs } from "../../../../stand-in/aws/ecs/operations.ts";
import { graphOf } from "../../templates.ts";

const graph = graphOf({
  Load: {
    Type: "AWS::ECS::TaskDefinition",
    Properties: { ContainerDefinitions: [{ Name: "k6", Image: "worker" }], TaskRoleArn: "arn:role" },
  },
});
const ecs = createEcs(graph, () => ({ pid: undefined, running: true, exitCode: undefined, stop: async () => {} }));
const call = <T>(name: string, input: object) => ecs.operations[name]!.run(input as never) as Promise<T>;
const run = (shard: number) =>
  call("RunTask", {
    taskDefinition: graph.resources[0]!.ref,
    startedBy: "gd-1",
    clientToken: `gd-1-${shard}`,
    launchType: "FARGATE",
  });
const list = (filters: object) => call<{ taskArns: string[]; nextToken?: string }>("ListTasks", filters);

test("tasks are listed in pages; by who started them, by nothing else beside it", async () => {
  for (let shard = 0; shard < 3; shard++) await run(shard);
  const first = await list({ startedBy: "gd-1", maxResults: 2 });
  expect(first).toMatchObject({ taskArns: [expect.any(String), expect.any(String)], nextToken: "2" });
  const second = await list({ startedBy: "gd-1", maxResults: 2, nextToken: first.nextToken });
  expect(second.taskArns).toHaveLength(1);
  expect(second).not.toHaveProperty("nextToken");
  await expect(list({ startedBy: "gd-1", desiredStatus: "RUNNING" })).rejects.toMatchObject({
    name: "InvalidParameterException",
  });
});
