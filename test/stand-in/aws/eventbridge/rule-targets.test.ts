import { describe, expect, test } from "vitest";
import { Metrics } from "../../../../stand-in/aws/cloudwatch/metrics.ts";
import { createRuleTargets, type RuleTargets } from "../../../../stand-in/aws/eventbridge/rule-targets.ts";
import type { Queues } from "../../../../stand-in/aws/sqs/queues.ts";
import type { Template } from "../../../../stand-in/templates/cfn/assembly.ts";
import { resources } from "../../delivering.ts";
import { servicesOf } from "../../services-of.ts";
import { graphOf } from "../../templates.ts";
import { versioned } from "../../versioned.ts";

/** Builds it, lets it be used and takes it down. */
async function using<T>(
  change: (resources: Template["Resources"]) => void,
  use: (
    targets: RuleTargets,
    parts: { arn(id: string): string; queues: Queues; metrics: Metrics; invoked: unknown[]; invokedArns: string[] },
  ) => T,
): Promise<T> {
  const changed = resources();
  change(changed);
  const graph = graphOf(changed);
  const metrics = new Metrics(() => 0);
  const invoked: unknown[] = [];
  const invokedArns: string[] = [];
  const { services, queues, invocations } = servicesOf(graph, {
    metrics,
    invoke: async (invokedArn, event) => {
      invoked.push(event);
      invokedArns.push(invokedArn);
      return { result: null };
    },
  });
  services.lambda.open?.();
  try {
    const arn = (id: string) => graph.resources.find(({ logicalId }) => logicalId === id)!.arn!;
    const targets = createRuleTargets({ graph, metrics, queues, invocations });
    return await use(targets, { arn, queues, metrics, invoked, invokedArns });
  } finally {
    services.lambda.stop?.();
    invocations.stop();
  }
}
const asIs = () => {};

describe("a delivery of a rule", () => {
  const delivery = (targetArn: string, ruleArn: string, more = {}) => ({
    rule: "Test/Rule",
    ruleArn,
    targetArn,
    roleArn: undefined,
    input: { hello: "you" },
    ...more,
  });
  const counted = (metrics: Metrics, name: string) =>
    metrics.statistic("AWS/Events", name, { RuleName: "rule" }, "Sum", 0, 1);

  test("to a function that lets it is an asynchronous invocation", () =>
    using(asIs, async ({ deliver }, { arn, invoked, metrics }) => {
      await deliver(delivery(arn("Fn"), arn("Rule")));
      expect(invoked).toEqual([{ hello: "you" }]);
      expect(counted(metrics, "Invocations")).toBe(1);
    }));

  test("to an alias that lets it calls the alias, and needs no permission on the function", () =>
    using(
      (changed) => {
        Object.assign(changed, versioned({ Ref: "Fn" }));
        Object.assign(changed.Permission!.Properties!, { FunctionName: { Ref: "Live" } });
      },
      async ({ deliver }, { arn, invokedArns }) => {
        await deliver(delivery(`${arn("Fn")}:live`, arn("Rule")));
        expect(invokedArns).toEqual([`${arn("Fn")}:live`]);
        await expect(deliver(delivery(arn("Fn"), arn("Rule")))).rejects.toThrow(/not authorized/);
      },
    ));

  test("to a function that does not let it is refused and counted", () =>
    using(
      (changed) => void Object.assign(changed.Permission!.Properties!, { SourceArn: "arn:another-rule" }),
      async ({ deliver }, { arn, invoked, metrics }) => {
        await expect(deliver(delivery(arn("Fn"), arn("Rule")))).rejects.toThrow(
          /not authorized.*lambda:InvokeFunction/,
        );
        expect(invoked).toEqual([]);
        expect(counted(metrics, "FailedInvocations")).toBe(1);
      },
    ));

  test("to a queue whose policy does not let it is refused, and put into the rule's dead-letter queue", () =>
    using(asIs, async ({ deliver, putAside }, { arn, queues }) => {
      const refused = delivery(arn("Queue"), arn("Rule"), { deadLetterArn: arn("Dead") });
      await expect(deliver(refused)).rejects.toThrow(/sqs:SendMessage/);
      putAside(refused);
      const [letter] = queues.receive(queues.records.get(arn("Dead"))!, 1);
      expect(JSON.parse(letter!.body)).toEqual({ hello: "you" });
    }));

  test("to a queue whose policy lets it comes to the function behind its mapping", () =>
    using(
      ({ Policy }) => void Object.assign(Policy!.Properties!, { Queues: [{ Ref: "Queue" }] }),
      async ({ deliver }, { arn, invoked }) => {
        await deliver(delivery(arn("Queue"), arn("Rule")));
        expect(invoked).toMatchObject([{ Records: [{ body: '{"hello":"you"}', eventSource: "aws:sqs" }] }]);
      },
    ));

  test("to a queue whose mapping names an alias comes to the alias", () =>
    using(
      (changed) => {
        Object.assign(changed, versioned({ Ref: "Fn" }));
        Object.assign(changed.Mapping!.Properties!, { FunctionName: { Ref: "Live" } });
        Object.assign(changed.Policy!.Properties!, { Queues: [{ Ref: "Queue" }] });
      },
      async ({ deliver }, { arn, invokedArns }) => {
        await deliver(delivery(arn("Queue"), arn("Rule")));
        expect(invokedArns).toEqual([`${arn("Fn")}:live`]);
      },
    ));

  test("to anything else is not played, and that is said", () =>
    using(asIs, async ({ deliver }, { arn }) => {
      await expect(deliver(delivery("arn:aws:kinesis:x", arn("Rule")))).rejects.toThrow(
        "Rule Test/Rule: targets of its kind (arn:aws:kinesis:x) are not played.",
      );
    }));
});
