import { describe, expect, test } from "vitest";
import { createBus, type Delivery } from "../../../../stand-in/aws/eventbridge/bus.ts";
import { TemplateError } from "../../../../stand-in/templates/cfn/intrinsics.ts";
import { graphOf } from "../../templates.ts";

const target = (more = {}) => ({ Arn: "arn:machine", Id: "Target0", RoleArn: "arn:role", ...more });
const rule = (EventPattern: object, targets: object[] = [target()], more = {}) => ({
  Type: "AWS::Events::Rule",
  Properties: { EventPattern, Targets: targets, ...more },
  Metadata: { "aws:cdk:path": "Test/Rule/Resource" },
});
const failed = { source: "aws.states", "detail-type": "Status", detail: { name: "day-1", status: "FAILED" } };

/** A bus with rules, and what they delivered. */
function busWith(...rules: ReturnType<typeof rule>[]) {
  const delivered: Delivery[] = [];
  const graph = graphOf(Object.fromEntries(rules.map((each, index) => [`Rule${index}`, each])));
  const bus = createBus(graph, async (delivery) => void delivered.push(delivery));
  return { bus, delivered };
}

describe("an event", () => {
  test("goes to the targets of the rules whose patterns it matches", () => {
    const { bus, delivered } = busWith(
      rule({ source: ["aws.states"] }, [target(), target({ Arn: "arn:other" })]),
      rule({ source: ["aws.ecs"] }),
    );
    bus.put(failed);
    expect(delivered).toMatchObject([
      { rule: "Test/Rule/Resource", targetArn: "arn:machine", roleArn: "arn:role", input: failed },
      { rule: "Test/Rule/Resource", targetArn: "arn:other", roleArn: "arn:role", input: failed },
    ]);
  });

  test("arrives as the target wants it: constant, or made of the event", () => {
    const transformer = { InputPathsMap: { n: "$.detail.name" }, InputTemplate: '{"execution":<n>}' };
    const { bus, delivered } = busWith(
      rule({ source: ["aws.states"] }, [target({ Input: '{"a":1}' }), target({ InputTransformer: transformer })]),
    );
    bus.put(failed);
    expect(delivered.map(({ input }) => input)).toEqual([{ a: 1 }, { execution: "day-1" }]);
  });

  test("does not go by a rule that is disabled, nor by a schedule", () => {
    const schedule = { ...rule({}), Properties: { ScheduleExpression: "rate(1 hour)", Targets: [target()] } };
    const { bus, delivered } = busWith(
      rule({ source: ["aws.states"] }, [target()], { State: "DISABLED" }),
      schedule as never,
    );
    bus.put(failed);
    expect(delivered).toEqual([]);
  });

  test("that cannot be delivered is kept with the reason", async () => {
    const bus = createBus(graphOf({ Rule: rule({ source: ["aws.states"] }) }), () => Promise.reject(new Error("no")));
    bus.put(failed);
    await Promise.resolve();
    await Promise.resolve();
    expect(bus.undelivered).toEqual([{ rule: "Test/Rule/Resource", reason: "no" }]);
  });
});

describe("a rule that EventBridge would refuse is refused before any event comes", () => {
  test("for a variable that its paths do not have, by its name", () => {
    const transformer = { InputPathsMap: { nmae: "$.detail.name" }, InputTemplate: '{"execution":<name>}' };
    const open = () => busWith(rule({ source: ["x"] }, [target({ InputTransformer: transformer })]));
    expect(open).toThrow(TemplateError);
    expect(open).toThrow(
      "Rule Test/Rule/Resource, target Target0: its input template uses <name>, which its InputPathsMap does not have (nmae).",
    );
  });

  test("for a comparison that is not played, by its name", () => {
    const open = () => busWith(rule({ source: ["never"], detail: { n: [{ wildcard: "1*" }] } }));
    expect(open).toThrow(TemplateError);
    expect(open).toThrow(/^Rule Test\/Rule\/Resource: .*wildcard/);
  });
});

test("what cannot be delivered is listed, and handed on with its rule's dead-letter queue", async () => {
  const graph = graphOf({
    Rule: rule({ source: ["aws.states"] }, [target({ DeadLetterConfig: { Arn: "arn:dead" } })]),
  });
  const aside: [Delivery, Error][] = [];
  const bus = createBus(graph, () => Promise.reject(new Error("not authorized")), undefined, {
    putAside: (delivery, error) => aside.push([delivery, error]),
  });
  bus.put(failed);
  await expect.poll(() => bus.undelivered).toEqual([{ rule: "Test/Rule/Resource", reason: "not authorized" }]);
  expect(aside).toMatchObject([[{ deadLetterArn: "arn:dead", input: failed }, { message: "not authorized" }]]);
});
