import type {
  GetExecutionHistoryCommandInput,
  GetExecutionHistoryCommandOutput,
  HistoryEvent,
} from "@aws-sdk/client-sfn";
import type { Execution } from "../hosts/state-machine.ts";
import { operation, type Service, ServiceError } from "./operation.ts";

/** Step Functions as far as steps ask about their own execution. */
export function createSfn(executions: ReadonlyMap<string, Execution>): Service {
  return {
    GetExecutionHistory: operation<GetExecutionHistoryCommandInput, GetExecutionHistoryCommandOutput>({
      needs: ({ executionArn }) => [{ action: "states:GetExecutionHistory", resource: executionArn ?? "" }],
      run: async ({ executionArn = "", maxResults = 100, nextToken }) => {
        const execution = executions.get(executionArn);
        if (!execution) throw new ServiceError("ExecutionDoesNotExist", `Execution Does Not Exist: '${executionArn}'`);
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
  };
}
