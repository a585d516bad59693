import { SFNClient } from "@aws-sdk/client-sfn";
import { note, observed, traced } from "./powertools.ts";
import { readGameDayArn, type Trigger } from "./trigger.ts";

/** The entry of every trigger's function: `infra/bundle.ts` writes `export const handler = serve(theTrigger)`. */
export function serve<Output>(trigger: Trigger<Output>) {
  const runtime = {
    sfn: traced(new SFNClient({})),
    gameDayArn: readGameDayArn(process.env),
    clock: { now: () => new Date() },
    note,
  };
  return (event: unknown, context: { awsRequestId: string }): Promise<Output> =>
    observed(trigger.name, context, () => trigger.call(event, runtime));
}
