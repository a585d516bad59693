import { authoriseRule } from "../../iam/lambda-permissions.ts";
import { unqualified } from "../../templates/cfn/function-name.ts";
import type { Graph, Resource } from "../../templates/cfn/graph.ts";
import { TemplateError } from "../../templates/cfn/intrinsics.ts";
import type { Metrics } from "../cloudwatch/metrics.ts";
import type { AsyncInvocations } from "../lambda/async-invocations.ts";
import type { Queues } from "../sqs/queues.ts";
import type { Delivery } from "./bus.ts";

const EVENTBRIDGE = "events.amazonaws.com";

interface Options {
  readonly graph: Graph;
  readonly metrics: Metrics;
  readonly queues: Queues;
  readonly invocations: AsyncInvocations;
}

/** What rules deliver to, beside state machines and gameday's own functions: functions and queues. */
export interface RuleTargets {
  /** Throws what the target says when it refuses. */
  deliver(delivery: Delivery): Promise<void>;
  /** Puts what could not be delivered into the dead-letter queue of its rule, where it has one. */
  putAside(delivery: Delivery): void;
}

export function createRuleTargets({ graph, metrics, queues, invocations }: Options): RuleTargets {
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
  };
}

function measureRule(rule: Resource | undefined, name: string, metrics: Metrics): void {
  // A schedule has metrics of its own, in another namespace.
  if (rule?.type !== "AWS::Events::Rule") return;
  const { EventBusName } = rule.properties;
  const own = { RuleName: rule.name };
  metrics.add("AWS/Events", name, EventBusName ? { EventBusName: String(EventBusName), ...own } : own, 1);
}
