import { randomUUID } from "node:crypto";
import type {
  DescribeExecutionCommandInput,
  DescribeExecutionCommandOutput,
  GetExecutionHistoryCommandInput,
  GetExecutionHistoryCommandOutput,
  HistoryEvent,
  StartExecutionCommandInput,
  StartExecutionCommandOutput,
  StopExecutionCommandInput,
  StopExecutionCommandOutput,
} from "@aws-sdk/client-sfn";
import { refIsArn, type Types } from "../../templates/cfn/naming.ts";
import { type Operations, operation, ServiceError } from "../operation.ts";
import type { Service } from "../service.ts";
import type { Execution } from "./state-machine.ts";

/** StartExecution for triggers; no step may start one. */
export const playStartExecution = (
  start: (machineArn: string, name: string, input: string) => Pick<Execution, "arn" | "startedAt">,
): Operations => ({
  StartExecution: operation<StartExecutionCommandInput, StartExecutionCommandOutput>({
    needs: ({ stateMachineArn }) => [{ action: "states:StartExecution", resource: stateMachineArn ?? "" }],
    run: async ({ stateMachineArn = "", name = randomUUID(), input = "{}" }) => {
      if (!/^[\w-]{1,80}$/.test(name)) throw new ServiceError("InvalidName", `Invalid Name: '${name}'`);
      if (!isJson(input)) {
        throw new ServiceError("InvalidExecutionInput", `Invalid State Machine Execution Input: '${input}'`);
      }
      const { arn, startedAt } = start(stateMachineArn, name, input);
      return { executionArn: arn, startDate: startedAt };
    },
  }),
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Step Functions as far as steps ask about executions, and stop one that is overdue. */
export function createSfn(executions: ReadonlyMap<string, Execution>): Service {
  const find = (executionArn = ""): Execution => {
    const execution = executions.get(executionArn);
    if (!execution) throw new ServiceError("ExecutionDoesNotExist", `Execution Does Not Exist: '${executionArn}'`);
    return execution;
  };
  return {
    operations: {
      DescribeExecution: operation<DescribeExecutionCommandInput, DescribeExecutionCommandOutput>({
        needs: ({ executionArn }) => [{ action: "states:DescribeExecution", resource: executionArn ?? "" }],
        run: async ({ executionArn }) => {
          const { arn, machineArn, name, status, startedAt } = find(executionArn);
          return { executionArn: arn, stateMachineArn: machineArn, name, status, startDate: startedAt };
        },
      }),
      StopExecution: operation<StopExecutionCommandInput, StopExecutionCommandOutput>({
        needs: ({ executionArn }) => [{ action: "states:StopExecution", resource: executionArn ?? "" }],
        run: async ({ executionArn }) => {
          find(executionArn).stop();
          return { stopDate: new Date() };
        },
      }),
      GetExecutionHistory: operation<GetExecutionHistoryCommandInput, GetExecutionHistoryCommandOutput>({
        needs: ({ executionArn }) => [{ action: "states:GetExecutionHistory", resource: executionArn ?? "" }],
        run: async ({ executionArn, maxResults = 100, nextToken }) => {
          const execution = find(executionArn);
          const from = Number(nextToken ?? 0);
          const events = execution.history.slice(from, from + maxResults).map(
            ({ at, type }, index): HistoryEvent => ({
              timestamp: new Date(at),
              type: type as HistoryEvent["type"],
              id: from + index + 1,
            }),
          );
          const next = from + events.length;
          return { events, ...(next < execution.history.length ? { nextToken: String(next) } : {}) };
        },
      }),
    },
  };
}

export const stepFunctionsTypes: Types = {
  "AWS::StepFunctions::StateMachine": refIsArn("states", (name) => `stateMachine:${name}`, "StateMachineName"),
};
