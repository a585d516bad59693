import { GetExecutionHistoryCommand, type GetExecutionHistoryCommandOutput } from "@aws-sdk/client-sfn";
import type { Clients } from "./clients.ts";

/** State transitions of an execution so far: what Step Functions bills. Retries, which it bills too, are left out. */
export async function countTransitions(executionArn: string, { clients }: { clients: Clients }): Promise<number> {
  let count = 0;
  let nextToken: string | undefined;
  do {
    const page: GetExecutionHistoryCommandOutput = await clients.sfn.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, includeExecutionData: false, nextToken }),
    );
    count += (page.events ?? []).filter((event) => event.type?.endsWith("StateEntered")).length;
    nextToken = page.nextToken;
  } while (nextToken);
  return count;
}
