import type { Identities } from "../../iam/identities.ts";
import { readFunctionName } from "../../templates/cfn/function-name.ts";
import type { Graph, Resource } from "../../templates/cfn/graph.ts";
import { TemplateError } from "../../templates/cfn/intrinsics.ts";
import type { Queues } from "../sqs/queues.ts";
import { type EventSourceRecord, readEventSource } from "./event-source-mappings.ts";
import { EventSource } from "./event-source-poller.ts";
import type { Answer } from "./execution-environment.ts";
import type { FunctionRecord } from "./operations.ts";

/** Without a limit in its mapping, Lambda scales a queue's batches up to this many (developer guide, "Using Lambda with Amazon SQS"). */
const MOST_BATCHES = 1250;

interface Readers {
  readonly graph: Graph;
  readonly identities: Identities;
  readonly queues: Queues;
  readonly records: ReadonlyMap<string, FunctionRecord>;
}

/** The templates' event source mappings by UUID. Throws {@link TemplateError} for one that Lambda would refuse. */
export const readEventSources = (readers: Readers): Map<string, EventSourceRecord> =>
  new Map(
    readers.graph.ofType("AWS::Lambda::EventSourceMapping").map((resource) => {
      const mapping = readMapping(resource, readers);
      return [mapping.uuid, mapping];
    }),
  );

/** A mapping as Lambda would take it: its function may read the queue, and has less time than a message is hidden. */
function readMapping(resource: Resource, { graph, identities, records, queues }: Readers): EventSourceRecord {
  const { FunctionName, EventSourceArn, FilterCriteria, MaximumBatchingWindowInSeconds } = resource.properties;
  const refused = (why: string) => new TemplateError(`Event source mapping ${resource.path}: ${why}`);
  const { name, qualifier } = readFunctionName(String(FunctionName));
  const record = records.get(name);
  const queue = queues.records.get(String(EventSourceArn));
  if (!record || !graph.byArn(record.arn)) throw refused(`there is no function ${FunctionName}.`);
  if (!queue) throw refused(`sources of its kind (${EventSourceArn}) are not played.`);
  if (FilterCriteria || MaximumBatchingWindowInSeconds) {
    throw refused("filters and batching windows are not played.");
  }
  for (const action of ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]) {
    try {
      identities.authorise(identities.of(record.roleArn), { action, resource: queue.arn, context: {} });
    } catch (error) {
      throw refused(`the function's role does not have permissions to call ${action}. ${(error as Error).message}`);
    }
  }
  const visibility = Number(queue.attributes.VisibilityTimeout);
  if (visibility < record.timeoutSeconds) {
    throw refused(
      `queue visibility timeout: ${visibility} seconds is less than function timeout: ${record.timeoutSeconds} seconds.`,
    );
  }
  return readEventSource(resource, [record.arn, ...(qualifier === undefined ? [] : [qualifier])].join(":"));
}

interface Pollers extends Omit<Readers, "graph" | "identities"> {
  readonly eventSources: ReadonlyMap<string, EventSourceRecord>;
  invoke(functionArn: string, event: unknown): Promise<Answer>;
}

/** Begins to read every queue that has a mapping. Returns what ends it. */
export function pollEventSources({ eventSources, queues, records, invoke }: Pollers): () => void {
  const pollers = [...eventSources.values()].map((mapping) => {
    const { roleArn } = records.get(readFunctionName(mapping.functionArn).name)!;
    return new EventSource({
      queues,
      queue: queues.records.get(mapping.queueArn)!,
      polling: () => ({
        // Until a change is in effect, it goes on as before.
        enabled: mapping.settings.enabled,
        batchSize: mapping.settings.batchSize,
        maximumConcurrency: mapping.settings.maximumConcurrency ?? MOST_BATCHES,
        reportsFailures: mapping.reportsFailures,
        roleArn,
      }),
      invoke: (event) => invoke(mapping.functionArn, event),
    });
  });
  for (const poller of pollers) poller.look();
  return () => {
    for (const poller of pollers) poller.stop();
  };
}
