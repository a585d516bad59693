import {
  CreateEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  ListTagsForResourceCommand,
  PutRuleCommand,
} from "@aws-sdk/client-eventbridge";
import { tagsOf } from "../../../functions/changes/resource-tags.ts";
import { ruleOff } from "../../../functions/changes/rule-off.ts";
import { createEventBridge } from "../../../stand-in/aws/eventbridge/operations.ts";
import { readRules } from "../../../stand-in/aws/eventbridge/rules.ts";
import { clientFor } from "../../functions/runtime-for.ts";
import { graphOf } from "../../stand-in/templates.ts";
import { target } from "../../workflows/sample.ts";
import { contracts, errorsOf, pick } from "../contract.ts";
import { storyOf } from "../story.ts";

const Tags = [{ Key: "gameday:target", Value: target.name }];
const Name = "to-delivery";
const BUS = "notices";
const pattern = { source: ["shop"] };
const withRule = { ...target, rules: { [Name]: { name: Name, eventBusName: BUS } } };
const rule = { Name, EventBusName: BUS };

export const eventbridge = contracts<undefined>({
  of: "EventBridge",
  async inMoto({ eventbridge: client }) {
    await client.send(new CreateEventBusCommand({ Name: BUS }));
    await client.send(new PutRuleCommand({ ...rule, EventPattern: JSON.stringify(pattern), Tags }));
    return undefined;
  },
  async inStandIn() {
    const graph = graphOf({
      Bus: { Type: "AWS::Events::EventBus", Properties: { Name: BUS } },
      Rule: {
        Type: "AWS::Events::Rule",
        Properties: { Name, EventBusName: { Ref: "Bus" }, EventPattern: pattern, Tags },
      },
    });
    const rules = readRules(graph);
    const service = createEventBridge({ graph, rules, put: () => {} });
    return { clients: { eventbridge: clientFor(service) }, world: undefined };
  },
  contracts: {
    "a rule on a bus of its own": async ({ eventbridge: client }) =>
      pick(
        await client.send(new DescribeRuleCommand(rule)),
        ...(["Name", "Arn", "EventBusName", "EventPattern", "State"] as const),
      ),
    "the fault rule-off": (clients) =>
      storyOf(
        ruleOff,
        { kind: "rule-off", rule: Name },
        { clients, target: withRule },
        async () => (await clients.eventbridge.send(new DescribeRuleCommand(rule))).State,
      ),
    "a rule's tags": (clients) => tagsOf({ field: "rule", name: Name }, withRule, clients),
    "what is not there": async ({ eventbridge: client }) => {
      const { Arn = "" } = await client.send(new DescribeRuleCommand(rule));
      return errorsOf({
        rule: () => client.send(new DescribeRuleCommand({ ...rule, Name: "none" })),
        "on the default bus": () => client.send(new DescribeRuleCommand({ Name })),
        "to disable": () => client.send(new DisableRuleCommand({ ...rule, Name: "none" })),
        "to enable": () => client.send(new EnableRuleCommand({ ...rule, Name: "none" })),
        tags: () => client.send(new ListTagsForResourceCommand({ ResourceARN: `${Arn}none` })),
      });
    },
  },
});
