import type { Metrics } from "./aws/cloudwatch/metrics.ts";
import type { Delivery } from "./aws/eventbridge/bus.ts";
import { AsyncInvocations, type LostEvent } from "./aws/lambda/async-invocations.ts";
import { createEventSources, type EventSourceRecord, readEventSource } from "./aws/lambda/event-source-mappings.ts";
import { EventSource } from "./aws/lambda/event-source-poller.ts";
import type { Functions } from "./aws/lambda/functions.ts";
import type { FunctionRecord } from "./aws/lambda/operations.ts";
import type { Service } from "./aws/operation.ts";
import type { Queues } from "./aws/sqs/queues.ts";
import { lambdaTags } from "./aws/tag-lists.ts";
import type { BuildingBlocks } from "./building-blocks.ts";
import type { Identities } from "./iam/identities.ts";
import { authoriseRule } from "./iam/lambda-permissions.ts";
import { readFunctionName, unqualified } from "./templates/cfn/function-name.ts";
import type { Graph, Resource } from "./templates/cfn/graph.ts";
import { TemplateError } from "./templates/cfn/intrinsics.ts";

/** Without a limit in its mapping, Lambda scales a queue's batches up to this many (developer guide, "Using Lambda with Amazon SQS"). */
const MOST_BATCHES = 1250;
const EVENTBRIDGE = "events.amazonaws.com";

interface Surroundings {
  readonly graph: Graph;
  readonly identities: Identities;
  readonly metrics: Metrics;
  readonly queues: Queues;
  readonly functions: Functions;
  readonly records: ReadonlyMap<string, FunctionRecord>;
  /** How long a change of an event source mapping takes, milliseconds. */
  readonly updateMs: number;
}

/** How messages get from one part of a system to another: rules, queues, event source mappings, asynchronous invocations. */
export interface Messaging {
  /** By UUID. */
  readonly eventSources: ReadonlyMap<string, EventSourceRecord>;
  readonly lost: readonly LostEvent[];
  /** Lambda's operations on event source mappings, and on the tags of those and of functions. */
  readonly lambda: Service;
  /** Delivers to a hosted function or a queue. */
  deliver(delivery: Delivery): Promise<void>;
  /** Puts what could not be delivered into the dead-letter queue of its rule, where it has one. */
  putAside(delivery: Delivery): void;
  /** Begins to read queues, once what reads them is there. */
  open(): void;
  stop(): void;
}

/** Throws {@link TemplateError} for an event source mapping that Lambda would refuse. */
export function createMessaging(surroundings: Surroundings): Messaging {
  const { graph, identities, metrics, queues, functions, records, updateMs } = surroundings;
  const invocations = new AsyncInvocations({
    graph,
    metrics,
    invoke: (functionArn, event) => functions.invoke(functionArn, event),
    putAside(destinationArn, functionArn, letter) {
      const queue = queues.records.get(destinationArn);
      if (!queue) throw new TemplateError(`The destination ${destinationArn} of ${functionArn} is not played.`);
      const { Role } = graph.byArn(unqualified(functionArn))!.properties;
      const request = { action: "sqs:SendMessage", resource: destinationArn, context: {} };
      identities.authorise(identities.of(String(Role)), request);
      queues.send(queue, JSON.stringify(letter));
    },
  });
  const eventSources = readMappings(surroundings);
  const pollers: EventSource[] = [];

  async function deliver({ rule, ruleArn, targetArn, input }: Delivery): Promise<void> {
    const target = graph.byArn(unqualified(targetArn));
    const queue = queues.records.get(targetArn);
    if (queue) queues.sendByService(queue, EVENTBRIDGE, ruleArn, JSON.stringify(input));
    else if (target?.type === "AWS::Lambda::Function") {
      authoriseRule(graph, ruleArn, targetArn);
      invocations.accept(target, input, targetArn);
    } else throw new TemplateError(`Rule ${rule}: targets of its kind (${targetArn}) are not played.`);
  }

  return {
    eventSources,
    lost: invocations.lost,
    lambda: {
      ...createEventSources(eventSources, updateMs),
      ...lambdaTags([...records.values()], [...eventSources.values()]),
    },
    async deliver(delivery) {
      const count = (name: string) => measureRule(graph.byArn(delivery.ruleArn), name, metrics);
      count("TriggeredRules");
      try {
        await deliver(delivery);
        count("Invocations");
      } catch (error) {
        // A target that refuses is not tried again (EventBridge user guide, "Retrying event delivery").
        count("FailedInvocations");
        throw error;
      }
    },
    putAside({ ruleArn, deadLetterArn, input }) {
      const queue = queues.records.get(deadLetterArn ?? "");
      if (!queue || queues.policySays(queue, { service: EVENTBRIDGE }, "sqs:SendMessage", ruleArn) !== "allow") return;
      queues.send(queue, JSON.stringify(input));
    },
    open() {
      for (const mapping of eventSources.values()) {
        const { roleArn } = records.get(readFunctionName(mapping.functionArn).name)!;
        const poller = new EventSource({
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
          invoke: (event) => functions.invoke(mapping.functionArn, event),
        });
        pollers.push(poller);
        poller.look();
      }
    },
    stop() {
      for (const poller of pollers) poller.stop();
      invocations.stop();
    },
  };
}

/** The records that calls may change. */
export const recordsOf = ({ rules, queues, plans }: BuildingBlocks, { eventSources }: Messaging) => ({
  rules,
  queues: queues.records.values(),
  eventSources: eventSources.values(),
  usagePlans: plans.records.values(),
});

type Readers = Pick<Surroundings, "graph" | "identities" | "records" | "queues">;

/** The templates' event source mappings by UUID. Throws {@link TemplateError} for one that Lambda would refuse. */
export const readMappings = (readers: Readers): Map<string, EventSourceRecord> =>
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

function measureRule(rule: Resource | undefined, name: string, metrics: Metrics): void {
  // A schedule has metrics of its own, in another namespace.
  if (rule?.type !== "AWS::Events::Rule") return;
  const { EventBusName } = rule.properties;
  const own = { RuleName: rule.name };
  metrics.add("AWS/Events", name, EventBusName ? { EventBusName: String(EventBusName), ...own } : own, 1);
}
