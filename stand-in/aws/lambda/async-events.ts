import type { Identities } from "../../iam/identities.ts";
import { unqualified } from "../../templates/cfn/function-name.ts";
import type { Graph } from "../../templates/cfn/graph.ts";
import { TemplateError } from "../../templates/cfn/intrinsics.ts";
import type { Metrics } from "../cloudwatch/metrics.ts";
import type { Queues } from "../sqs/queues.ts";
import { AsyncInvocations } from "./async-invocations.ts";
import type { Answer } from "./execution-environment.ts";

interface Options {
  readonly graph: Graph;
  readonly identities: Identities;
  readonly metrics: Metrics;
  readonly queues: Queues;
  invoke(functionArn: string, event: unknown): Promise<Answer>;
}

/** Asynchronous invocations whose failures go to queues, as the function's own role. */
export const createAsyncInvocations = ({ graph, identities, metrics, queues, invoke }: Options): AsyncInvocations =>
  new AsyncInvocations({
    graph,
    metrics,
    invoke,
    putAside(destinationArn, functionArn, letter) {
      const queue = queues.records.get(destinationArn);
      if (!queue) throw new TemplateError(`The destination ${destinationArn} of ${functionArn} is not played.`);
      const { Role } = graph.byArn(unqualified(functionArn))!.properties;
      const request = { action: "sqs:SendMessage", resource: destinationArn, context: {} };
      identities.authorise(identities.of(String(Role)), request);
      queues.send(queue, JSON.stringify(letter));
    },
  });
