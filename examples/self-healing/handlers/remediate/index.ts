import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import type { Context } from "aws-lambda";
import { log, note, observed, traced } from "../../../../functions/runtime/powertools.ts";
import { AlarmChange, KnownGood, remediate } from "./remediate.ts";

const { FUNCTION_NAME: FunctionName, KNOWN_GOOD } = process.env;
if (!FunctionName || !KNOWN_GOOD) {
  throw new Error("Expected FUNCTION_NAME and KNOWN_GOOD; examples/self-healing/self-healing.ts sets them.");
}
const good = KnownGood.parse(JSON.parse(KNOWN_GOOD));
const lambda = traced(new LambdaClient({}));

/** An alarm of the system has changed its state. */
export const handler = (event: unknown, context: Context) =>
  observed("remediate", context, async () => {
    const outcome = await remediate(AlarmChange.parse(event), good, {
      async read() {
        const { Environment, RevisionId, LastUpdateStatus } = await lambda.send(
          new GetFunctionConfigurationCommand({ FunctionName }),
        );
        return {
          variables: Environment?.Variables ?? {},
          revision: RevisionId,
          settled: LastUpdateStatus !== "InProgress",
        };
      },
      async write(Variables, RevisionId) {
        await lambda.send(
          new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables }, RevisionId }),
        );
      },
      now: () => new Date(),
      note,
    });
    if (outcome === "healed") log.metric("Healed", "Count", 1);
    return { outcome };
  });
