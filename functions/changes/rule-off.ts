import { DescribeRuleCommand, DisableRuleCommand, EnableRuleCommand, RuleState } from "@aws-sdk/client-eventbridge";
import * as z from "zod";
import type { RuleOffFault } from "../../workflows/messaging.ts";
import type { Scene } from "./kind.ts";
import { settingsFault } from "./settings.ts";
import { targetResource } from "./target-resource.ts";

function ruleOf({ rule }: RuleOffFault, { target }: Scene) {
  const { name, eventBusName } = targetResource("rule", rule, target);
  return { Name: name, EventBusName: eventBusName };
}

/**
 * Disables a rule. In effect "a short period of time" later (EventBridge API reference, "DisableRule"), which no call
 * tells. A rule that also gets CloudTrail's management events has a state of its own, which EnableRule would not give back.
 */
export const ruleOff = settingsFault<RuleOffFault, string>({
  value: z.string(),
  of: ({ rule }) => `rule ${rule}`,
  intended: () => ({ state: RuleState.DISABLED }),

  async read(spec, scene) {
    const { State = "not said" } = await scene.clients.eventbridge.send(new DescribeRuleCommand(ruleOf(spec, scene)));
    const reversible = State === RuleState.ENABLED || State === RuleState.DISABLED;
    return {
      values: { state: State },
      settled: true,
      state: State,
      ...(reversible ? {} : { unfit: `its state ${State}, which EnableRule does not give back` }),
    };
  },

  async write(spec, { state }, scene) {
    const { eventbridge } = scene.clients;
    const rule = ruleOf(spec, scene);
    if (state === RuleState.DISABLED) await eventbridge.send(new DisableRuleCommand(rule));
    else await eventbridge.send(new EnableRuleCommand(rule));
  },

  text: (state) => state,

  byHand(spec, { state }, scene) {
    const { Name, EventBusName } = ruleOf(spec, scene);
    const verb = state === RuleState.DISABLED ? "disable" : "enable";
    return [`aws events ${verb}-rule --name ${Name} --event-bus-name ${EventBusName}`];
  },
});
