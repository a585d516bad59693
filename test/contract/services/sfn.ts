import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import type { Clients } from "../../../functions/runtime/clients.ts";
import { countTransitions } from "../../../functions/runtime/transitions.ts";
import { startGameDay } from "../../../functions/triggers/start-game-day.ts";
import { Executions } from "../../../stand-in/aws/step-functions/executions.ts";
import { createSfn } from "../../../stand-in/aws/step-functions/operations.ts";
import type { Execution } from "../../../stand-in/aws/step-functions/state-machine.ts";
import { createIdentities } from "../../../stand-in/iam/identities.ts";
import { clientFor } from "../../functions/runtime-for.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { contracts, errorsOf, outcome, pick, until } from "../contract.ts";

/** Waits as many seconds as its input says, if it does. */
const definition = {
  StartAt: "Look",
  States: {
    Look: { Type: "Pass", Next: "Long?" },
    "Long?": {
      Type: "Choice",
      Choices: [
        {
          And: [
            { Variable: "$.seconds", IsPresent: true },
            { Variable: "$.seconds", NumericGreaterThan: 0 },
          ],
          Next: "Rest",
        },
      ],
      Default: "Done",
    },
    Rest: { Type: "Wait", SecondsPath: "$.seconds", Next: "Done" },
    Done: { Type: "Succeed" },
  },
};
const LONG = JSON.stringify({ seconds: 60 });
const SHORT = JSON.stringify({ seconds: 0 });

interface World {
  readonly stateMachineArn: string;
}

const starting =
  (clients: Clients, { stateMachineArn }: World) =>
  (name: string, input: string) =>
    outcome(async () =>
      pick(
        await clients.sfn.send(new StartExecutionCommand({ stateMachineArn, name, input })),
        "executionArn",
        "startDate",
      ),
    );
const executionOf = ({ stateMachineArn }: World, name: string) =>
  `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
const describe = async ({ sfn: client }: Clients, executionArn: string) =>
  pick(
    await client.send(new DescribeExecutionCommand({ executionArn })),
    ...(["executionArn", "stateMachineArn", "name", "status", "startDate"] as const),
  );
const over = (clients: Clients, executionArn: string) =>
  until(
    () => describe(clients, executionArn),
    ({ status }) => status !== "RUNNING",
  );

export const sfn = contracts<World>({
  of: "Step Functions",
  async inMoto(clients, moto) {
    await moto.configure("config", { stepfunctions: { execute_state_machine: true } });
    const { stateMachineArn } = await clients.sfn.send(
      new CreateStateMachineCommand({
        name: "game-day",
        definition: JSON.stringify(definition),
        roleArn: "arn:aws:iam::123456789012:role/game-day",
      }),
    );
    return { stateMachineArn: stateMachineArn! };
  },
  async inStandIn() {
    const graph = graphOf({
      Role: { Type: "AWS::IAM::Role" },
      Machine: {
        Type: "AWS::StepFunctions::StateMachine",
        Properties: { StateMachineName: "game-day", RoleArn: { "Fn::GetAtt": ["Role", "Arn"] } },
      },
    });
    const stateMachineArn = graph.ofType("AWS::StepFunctions::StateMachine")[0]!.arn!;
    const executions = new Map<string, Execution>();
    const machines = new Executions({
      graph,
      executions,
      definitions: new Map([[stateMachineArn, definition as never]]),
      assembly: { stacks: [] } as never,
      identities: createIdentities(graph),
      caller: { call: () => Promise.reject(new Error("no state is a Task")) },
      onEvent: () => {},
    });
    return {
      clients: { sfn: clientFor({ operations: { ...createSfn(executions).operations, ...machines.startExecution } }) },
      world: { stateMachineArn },
      async stop() {
        for (const execution of executions.values()) execution.stop();
        await machines.quiet();
        machines.stop();
      },
    };
  },
  contracts: {
    "a name is one execution, as long as it runs with the same input": async (clients, world) => {
      const start = starting(clients, world);
      const executionArn = executionOf(world, "day-1");
      const started = { first: await start("day-1", LONG), again: await start("day-1", LONG) };
      const differently = await start("day-1", SHORT);
      const running = await describe(clients, executionArn);
      await clients.sfn.send(new StopExecutionCommand({ executionArn, error: "E", cause: "c" }));
      const stopped = await over(clients, executionArn);
      return { started, differently, running, stopped, afterwards: await start("day-1", LONG) };
    },
    "a game day starts once for one occasion": async (clients, { stateMachineArn }) => {
      const notes: string[] = [];
      const runtime = {
        sfn: clients.sfn,
        gameDayArn: stateMachineArn,
        clock: { now: () => new Date("2026-11-21T09:00:00Z") },
        note: (sentence: string) => void notes.push(sentence),
      };
      const order = {
        start: "weekly",
        timeZone: "UTC",
        blackouts: [],
        occasion: { kind: "schedule", scheduledAt: "2026-11-21T09:00:00Z" },
        input: { drill: "gray-latency", profile: "full" },
      };
      const first = await startGameDay.call(order, runtime);
      const ended = await over(clients, executionOf({ stateMachineArn }, first.execution));
      return { first, ended, again: await startGameDay.call(order, runtime), notes };
    },
    "the history of an execution": async (clients, world) => {
      const histories: Record<string, unknown> = {};
      for (const seconds of [0, 1]) {
        const name = `short-${seconds}`;
        const executionArn = executionOf(world, name);
        await starting(clients, world)(name, JSON.stringify({ seconds }));
        const { status } = await over(clients, executionArn);
        const { events } = await clients.sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
        const transitions = await countTransitions(executionArn, { clients });
        histories[name] = { status, transitions, events: events?.map(({ id, type }) => ({ id, type })) };
      }
      return histories;
    },
    "what is not there": async ({ sfn: client }, world) => {
      const executionArn = executionOf(world, "none");
      const { stateMachineArn } = world;
      return errorsOf({
        "to describe": () => client.send(new DescribeExecutionCommand({ executionArn })),
        "to stop": () => client.send(new StopExecutionCommand({ executionArn })),
        history: () => client.send(new GetExecutionHistoryCommand({ executionArn })),
        machine: () => client.send(new StartExecutionCommand({ stateMachineArn: `${stateMachineArn}-none` })),
      });
    },
  },
});
